using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Logarithms of vectors of doubles.</summary>
internal static class VectorLog
{
    /// <summary>ln(1 + x) of x of at least 0, keeping the digits of a small x.</summary>
    /// <remarks>As <see cref="StableMath.Log1P{T}"/>: Goldberg 1991, theorem 4.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> OnePlus(Vector<double> x)
    {
        Vector<double> onePlus = Vector<double>.One + x, rounded = onePlus - Vector<double>.One;
        return Vector.ConditionalSelect(Vector.Equals(rounded, Vector<double>.Zero), x, x * (Vector.Log(onePlus) / rounded));
    }

    /// <summary>x[i] = -ln x[i], to within 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Negative(Span<double> x)
    {
        var i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            (-Vector.Log(new Vector<double>(x[i..]))).CopyTo(x[i..]);
        for (; i < x.Length; i++)
            x[i] = -Vector.Log(new Vector<double>(x[i]))[0];
    }
}

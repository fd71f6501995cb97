using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Numerics;

internal static partial class VectorMath
{
    // ln(x) = e ln 2 + ln(1 + f) with x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2), and
    // ln(1 + f) = f - f^2/2 + f^3 (c0 + c1 f + ... + c7 f^7), minimax with a relative error of 5.8e-9.
    // (The framework's own logarithm of vectors loses several ulps near 1.)
    private const float LogC0 = 0.3333333134651184f;
    private const float LogC1 = -0.2500081956386566f;
    private const float LogC2 = 0.20001226663589478f;
    private const float LogC3 = -0.16623356938362122f;
    private const float LogC4 = 0.14201757311820984f;
    private const float LogC5 = -0.13160181045532227f;
    private const float LogC6 = 0.1276157796382904f;
    private const float LogC7 = -0.07634502649307251f;

    private const int SqrtHalfBits = 0x3f3504f3;
    private const float SmallestNormal = 1.17549435e-38f;
    private const float TwoTo23 = 8388608f;

    /// <summary>ln(x) to within 1 ulp; ln(0) = -infinity, the logarithm of a negative number is NaN, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x)
    {
        Vector256<float> subnormal = Vector256.LessThan(x, Vector256.Create(SmallestNormal));
        var bits =
            Vector256.ConditionalSelect(subnormal, x * Vector256.Create(TwoTo23), x).AsInt32() - Vector256.Create(SqrtHalfBits);
        var exponent = bits >> MantissaBits;
        var f = (bits - (exponent << MantissaBits) + Vector256.Create(SqrtHalfBits)).AsSingle() - Vector256<float>.One;
        var e = Vector256.ConvertToSingle(exponent) - (subnormal & Vector256.Create((float)MantissaBits));

        Vector256<float> p = Vector256.Create(LogC7);
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC6));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC5));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC4));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC3));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC2));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC1));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(LogC0));
        var square = f * f;
        Vector256<float> small = Vector256.FusedMultiplyAdd(square, f * p, e * Vector256.Create(Ln2Low));
        var ofMantissa = f + Vector256.FusedMultiplyAdd(square, Vector256.Create(-0.5f), small);
        Vector256<float> result = Vector256.FusedMultiplyAdd(e, Vector256.Create(Ln2High), ofMantissa);

        var zero = Vector256<float>.Zero;
        var ordinary = Vector256.GreaterThan(x, zero) & Vector256.LessThan(x, Vector256.Create(float.PositiveInfinity));
        Vector256<float> infinityOrNaN = Vector256.ConditionalSelect(Vector256.LessThan(x, zero), Vector256.Create(float.NaN), x);
        Vector256<float> special =
            Vector256.ConditionalSelect(Vector256.Equals(x, zero), Vector256.Create(float.NegativeInfinity), infinityOrNaN);
        return Vector256.ConditionalSelect(ordinary, result, special);
    }

    /// <summary>
    /// log(1 + x) for x of at least 0, to within a few ulps however small x is: what rounding takes from u = 1 + x is put right by the
    /// factor x / (u - 1) (Goldberg 1991, "What every computer scientist should know about floating-point arithmetic", theorem 4).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log1P(Vector256<float> x)
    {
        var u = Vector256<float>.One + x;
        var isTiny = Vector256.Equals(u, Vector256<float>.One);
        return Vector256.ConditionalSelect(isTiny, x, Log(u) * (x / (u - Vector256<float>.One)));
    }
}

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

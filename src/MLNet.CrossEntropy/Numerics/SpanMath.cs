using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>The few vector verbs that a softmax row needs.</summary>
internal static class SpanMath
{
    /// <summary>The largest element, NaN where any is; <paramref name="x"/> is not empty.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        // Four lanes: rows are short, and wider lanes take longer to fold than they save.
        var i = 0;
        var max = x[0];
        if (x.Length >= Vector128<float>.Count)
        {
            Vector128<float> lanes = Vector128.Create(x);
            for (i = Vector128<float>.Count; i <= x.Length - Vector128<float>.Count; i += Vector128<float>.Count)
                lanes = Vector128.Max(lanes, Vector128.Create(x[i..]));
            lanes = Vector128.Max(lanes, Vector128.Shuffle(lanes, Vector128.Create(2, 3, 0, 1)));
            lanes = Vector128.Max(lanes, Vector128.Shuffle(lanes, Vector128.Create(1, 0, 3, 2)));
            max = lanes.ToScalar();
        }

        for (; i < x.Length; i++)
            max = MathF.Max(max, x[i]);
        return max;
    }

    /// <summary>The sum, in double.</summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        var i = 0;
        Vector<double> lanes = default;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Load(x, i), out var lower, out var upper);
            lanes += lower + upper;
        }

        var sum = Vector.Sum(lanes);
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>The sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<double> x)
    {
        var i = 0;
        Vector<double> lanes = default;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            lanes += Load(x, i);
        var sum = Vector.Sum(lanes);
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>The sum of products x[i] y[i]; of the same length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        y = y[..x.Length];
        var i = 0;
        Vector<double> lanes = default;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            lanes += Load(x, i) * Load(y, i);
        var sum = Vector.Sum(lanes);
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>The sum of products x[i] y[i], in double; of the same length.</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        y = y[..x.Length];
        var i = 0;
        Vector<double> lanes = default;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Load(x, i), out var lowerX, out var upperX);
            Vector.Widen(Load(y, i), out var lowerY, out var upperY);
            lanes += lowerX * lowerY + upperX * upperY;
        }

        var sum = Vector.Sum(lanes);
        for (; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>destination[i] = x[i] - subtrahend; of the same length, in place when both are the same span.</summary>
    public static void Subtract(ReadOnlySpan<float> x, float subtrahend, Span<float> destination)
    {
        destination = destination[..x.Length];
        var i = 0;
        var repeated = new Vector<float>(subtrahend);
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            Store(Load(x, i) - repeated, destination, i);
        for (; i < x.Length; i++)
            destination[i] = x[i] - subtrahend;
    }

    /// <summary>x[i] = factors[i] x[i]; of the same length.</summary>
    public static void Multiply(ReadOnlySpan<float> factors, Span<float> x)
    {
        factors = factors[..x.Length];
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            Store(Load(factors, i) * Load<float>(x, i), x, i);
        for (; i < x.Length; i++)
            x[i] *= factors[i];
    }

    /// <summary>x[i] = factor x[i].</summary>
    public static void Scale<T>(Span<T> x, T factor)
        where T : unmanaged, INumberBase<T>
    {
        var i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            Store(Load<T>(x, i) * factor, x, i);
        for (; i < x.Length; i++)
            x[i] *= factor;
    }

    /// <summary>Whether no value is NaN or infinite: 0 x is 0 for every finite x, and NaN for all others.</summary>
    // Compiled with optimisation at once: vectors in unoptimised code would take longer than all the rest.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreFinite<T>(ReadOnlySpan<T> x)
        where T : unmanaged, INumberBase<T>
    {
        var i = 0;
        Vector<T> lanes = default;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            lanes += Vector<T>.Zero * Load(x, i);
        var sum = Vector.Sum(lanes);
        for (; i < x.Length; i++)
            sum += T.Zero * x[i];
        return sum == T.Zero;
    }

    /// <summary><c>y += a x</c>.</summary>
    public static void AddScaled(Span<double> y, double a, ReadOnlySpan<double> x)
    {
        var i = 0;
        for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(y[i..]) + a * new Vector<double>(x[i..])).CopyTo(y[i..]);
        for (; i < x.Length; i++)
            y[i] += a * x[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Load<T>(ReadOnlySpan<T> x, int index) =>
        Vector.LoadUnsafe(ref MemoryMarshal.GetReference(x), (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector<T> value, Span<T> x, int index) =>
        value.StoreUnsafe(ref MemoryMarshal.GetReference(x), (nuint)index);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What a dense step does to each weight, a vector at a time. All pointers are to <c>length</c> floats, taken where this is checked.
/// </summary>
internal static unsafe class ElementKernels
{
    /// <summary>
    /// <c>s (f g - m b + l2 w)</c>: of the gradient in raw weights, f g with b in the bias, that in scaled weights; s, m and l2 of each
    /// feature.
    /// </summary>
    public static void ToScaledGradient(
        float* gradient, float factor, float* means, float* scales, float* raw, float bias, float* l2, float* slopes, int length)
    {
        var j = 0;
        if (Vector512.IsHardwareAccelerated)
            j = ScaleRange<Vector512<float>, Ops512>(gradient, factor, means, scales, raw, bias, l2, slopes, j, length);
        if (Vector256.IsHardwareAccelerated)
            j = ScaleRange<Vector256<float>, Ops256>(gradient, factor, means, scales, raw, bias, l2, slopes, j, length);
        if (Vector128.IsHardwareAccelerated)
            j = ScaleRange<Vector128<float>, Ops128>(gradient, factor, means, scales, raw, bias, l2, slopes, j, length);
        ScaleRange<float, OpsScalar>(gradient, factor, means, scales, raw, bias, l2, slopes, j, length);
    }

    /// <summary>
    /// SAGA: the change c of a batch's gradient becomes the estimate <c>a c + mean</c> of the mean gradient, and the mean
    /// itself becomes <c>mean + b c</c>.
    /// </summary>
    public static void Remember(float* gradient, float* mean, float estimate, float share, int length)
    {
        var j = 0;
        if (Vector512.IsHardwareAccelerated)
            j = RememberRange<Vector512<float>, Ops512>(gradient, mean, estimate, share, j, length);
        if (Vector256.IsHardwareAccelerated)
            j = RememberRange<Vector256<float>, Ops256>(gradient, mean, estimate, share, j, length);
        if (Vector128.IsHardwareAccelerated)
            j = RememberRange<Vector128<float>, Ops128>(gradient, mean, estimate, share, j, length);
        RememberRange<float, OpsScalar>(gradient, mean, estimate, share, j, length);
    }

    /// <summary><c>raw = s scaled</c>; returns <c>sum m raw</c>.</summary>
    public static double ToRaw(float* scaled, float* scales, float* means, float* raw, int length)
    {
        var j = 0;
        var sum = 0.0;
        if (Vector512.IsHardwareAccelerated)
            sum += RawRange<Vector512<float>, Ops512>(scaled, scales, means, raw, ref j, length);
        if (Vector256.IsHardwareAccelerated)
            sum += RawRange<Vector256<float>, Ops256>(scaled, scales, means, raw, ref j, length);
        if (Vector128.IsHardwareAccelerated)
            sum += RawRange<Vector128<float>, Ops128>(scaled, scales, means, raw, ref j, length);
        return sum + RawRange<float, OpsScalar>(scaled, scales, means, raw, ref j, length);
    }

    /// <summary>The elements from <paramref name="from"/> on that fill whole vectors; returns the first element left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ScaleRange<TVector, TOps>(
        float* gradient, float factor, float* means, float* scales, float* raw, float bias, float* l2, float* slopes, int from, int length)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector f = TOps.Broadcast(factor), b = TOps.Broadcast(-bias), zero = default;
        var j = from;
        for (; length - j >= TOps.Width; j += TOps.Width)
        {
            var slope = TOps.MultiplyAdd(TOps.Load(raw + j), TOps.Load(l2 + j),
                TOps.MultiplyAdd(TOps.Load(means + j), b, TOps.MultiplyAdd(TOps.Load(gradient + j), f, zero)));
            TOps.Store(TOps.MultiplyAdd(TOps.Load(scales + j), slope, zero), slopes + j);
        }

        return j;
    }

    /// <inheritdoc cref="ScaleRange"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int RememberRange<TVector, TOps>(float* gradient, float* mean, float estimate, float share, int from, int length)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a = TOps.Broadcast(estimate), b = TOps.Broadcast(share);
        var j = from;
        for (; length - j >= TOps.Width; j += TOps.Width)
        {
            TVector change = TOps.Load(gradient + j), known = TOps.Load(mean + j);
            TOps.Store(TOps.MultiplyAdd(change, a, known), gradient + j);
            TOps.Store(TOps.MultiplyAdd(change, b, known), mean + j);
        }

        return j;
    }

    /// <summary>The elements from <paramref name="j"/> on that fill whole vectors, which j then is behind; returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double RawRange<TVector, TOps>(float* scaled, float* scales, float* means, float* raw, ref int j, int length)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector sums = default, zero = default;
        var i = j;
        for (; length - i >= TOps.Width; i += TOps.Width)
        {
            var weights = TOps.MultiplyAdd(TOps.Load(scaled + i), TOps.Load(scales + i), zero);
            TOps.Store(weights, raw + i);
            sums = TOps.MultiplyAdd(weights, TOps.Load(means + i), sums);
        }

        var isNone = i == j;
        j = i;
        return isNone ? 0 : TOps.SumFour(sums, zero, zero, zero)[0];
    }
}

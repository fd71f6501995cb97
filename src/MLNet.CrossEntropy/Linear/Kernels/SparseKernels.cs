using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The inner loop of sparse rows: one non-zero meets all outputs. Pointers are to as many floats as the length says, taken where this is
/// checked; a row's indices have been when its block was made.
/// </summary>
internal static unsafe class SparseKernels
{
    /// <summary>
    /// So many non-zeros before its turn, a feature's weights are to be fetched: they lie all over memory, where no hardware prefetcher
    /// looks.
    /// </summary>
    private const int FetchedAhead = 8;

    private const int LineFloats = 16;

    /// <summary>Begins to fetch <paramref name="length"/> floats into the cache, without waiting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* x, int length)
    {
        if (!Sse.IsSupported)
            return;
        for (var i = 0; i < length; i += LineFloats)
            Sse.Prefetch0(x + i);
    }

    /// <summary><c>y += a x</c> over <paramref name="length"/> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Axpy(float a, float* x, float* y, int length)
    {
        Debug.Assert(length >= 0);
        if (length == 1)
        {
            *y += a * *x;
            return;
        }

        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            i = Range<Vector512<float>, Ops512>(a, x, y, i, length);
        if (Vector256.IsHardwareAccelerated)
            i = Range<Vector256<float>, Ops256>(a, x, y, i, length);
        if (Vector128.IsHardwareAccelerated)
            i = Range<Vector128<float>, Ops128>(a, x, y, i, length);
        Range<float, OpsScalar>(a, x, y, i, length);
    }

    /// <summary>The same where the lengths are not known to be right.</summary>
    public static void Axpy(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        fixed (float* from = x, to = y)
            Axpy(a, from, to, x.Length);
    }

    /// <summary>The elements from <paramref name="from"/> on that fill whole vectors; returns the first element left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Range<TVector, TOps>(float a, float* x, float* y, int from, int length)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        var factor = TOps.Broadcast(a);
        var i = from;
        for (; length - i >= TOps.Width; i += TOps.Width)
            TOps.Store(TOps.MultiplyAdd(factor, TOps.Load(x + i), TOps.Load(y + i)), y + i);
        return i;
    }

    /// <summary><c>y *= a</c> over <paramref name="length"/> floats.</summary>
    public static void Scale(float* y, float a, int length)
    {
        var factor = Vector128.Create(a);
        var i = 0;
        for (; length - i >= Vector128<float>.Count; i += Vector128<float>.Count)
            (Vector128.Load(y + i) * factor).Store(y + i);
        for (; i < length; i++)
            y[i] *= a;
    }

    /// <summary><c>y = keep y - a x</c> over <paramref name="length"/> floats.</summary>
    public static void Drift(float* y, float keep, float a, float* x, int length)
    {
        Vector128<float> kept = Vector128.Create(keep), factor = Vector128.Create(a);
        var i = 0;
        for (; length - i >= Vector128<float>.Count; i += Vector128<float>.Count)
            (Vector128.Load(y + i) * kept - Vector128.Load(x + i) * factor).Store(y + i);
        for (; i < length; i++)
            y[i] = y[i] * keep - a * x[i];
    }

    /// <summary>Moves each of <paramref name="length"/> floats towards 0 by <paramref name="threshold"/>, and no further.</summary>
    public static void Shrink(float* y, float threshold, int length)
    {
        for (var i = 0; i < length; i++)
            y[i] = MathF.CopySign(Math.Max(0, Math.Abs(y[i]) - threshold), y[i]);
    }

    /// <summary>Writes the logits <c>[outputs]</c> of a row, whose features are the model's.</summary>
    public static void Logits(SparseRow row, LinearWeights model, float* logits)
    {
        var outputs = model.Outputs;
        var weights = model.At(0, (long)model.Features * outputs);
        if (outputs == 1)
        {
            *logits = model.Biases[0] + Dot(row, weights);
            return;
        }

        model.Biases.CopyTo(new Span<float>(logits, outputs));
        for (var e = 0; e < row.Length; e++)
        {
            if (e + FetchedAhead < row.Length)
                Fetch(weights + (long)row.IndexPointer[e + FetchedAhead] * outputs, outputs);
            Axpy(row.ValuePointer[e], weights + (long)row.IndexPointer[e] * outputs, logits, outputs);
        }
    }

    /// <summary>The products of a row with one output's weights, in four sums that do not wait for each other.</summary>
    private static float Dot(SparseRow row, float* weights)
    {
        float first = 0, second = 0, third = 0, fourth = 0;
        var e = 0;
        for (; e <= row.Length - 4; e += 4)
        {
            var indices = row.IndexPointer + e;
            var values = row.ValuePointer + e;
            first += values[0] * weights[indices[0]];
            second += values[1] * weights[indices[1]];
            third += values[2] * weights[indices[2]];
            fourth += values[3] * weights[indices[3]];
        }

        for (; e < row.Length; e++)
            first += row.ValuePointer[e] * weights[row.IndexPointer[e]];
        return (first + second) + (third + fourth);
    }
}

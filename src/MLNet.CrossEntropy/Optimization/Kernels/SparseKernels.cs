using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Optimization.Kernels;

/// <summary>The inner loop of sparse rows: one non-zero meets all outputs.</summary>
internal static unsafe class SparseKernels
{
    /// <summary><c>y += a x</c> over <paramref name="length"/> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Axpy(float a, float* x, float* y, int length)
    {
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

    /// <summary>Moves each of <paramref name="length"/> floats towards 0 by <paramref name="threshold"/>, and no further.</summary>
    public static void Shrink(float* y, float threshold, int length)
    {
        for (var i = 0; i < length; i++)
            y[i] = MathF.CopySign(Math.Max(0, Math.Abs(y[i]) - threshold), y[i]);
    }

    /// <summary>Writes the logits <c>[outputs]</c> of a row, given weights <c>[features, outputs]</c>.</summary>
    public static void Logits(SparseRow row, float* weights, ReadOnlySpan<float> biases, float* logits)
    {
        var outputs = biases.Length;
        if (outputs == 1)
        {
            var sum = biases[0];
            for (var e = 0; e < row.Indices.Length; e++)
                sum += row.Values[e] * weights[row.Indices[e]];
            *logits = sum;
            return;
        }

        biases.CopyTo(new Span<float>(logits, outputs));
        for (var e = 0; e < row.Indices.Length; e++)
            Axpy(row.Values[e], weights + (long)row.Indices[e] * outputs, logits, outputs);
    }
}

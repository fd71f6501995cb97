using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Optimization.Kernels;

/// <summary>
/// Logits of dense rows, <c>Z[r, k] += sum_j X[r, j] W[k, j]</c>: the product X W' in register tiles of 2 rows by 5, 4 or 1
/// outputs. Each output's sum runs over the features in one fixed order, so a row's logits do not depend on the rows beside
/// it, nor on the thread that computes them.
/// </summary>
internal static unsafe class DenseForward
{
    /// <summary>
    /// Adds the products of <paramref name="rowCount"/> rows to their logits.
    /// </summary>
    /// <param name="rows">Pointers to the rows, each <c>[features]</c>.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="weights">Weights <c>[outputs, stride]</c>.</param>
    /// <param name="stride">Floats from one output's weights to the next's.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="logits">Logits <c>[rowCount, outputs]</c>, already holding what is added to (the biases).</param>
    public static void Accumulate(float** rows, int rowCount, int features, float* weights, int stride, int outputs, float* logits)
    {
        var done = 0;
        if (Vector512.IsHardwareAccelerated)
            done = Range<Vector512<float>, Ops512>(rows, rowCount, done, features, weights, stride, outputs, logits);
        else if (Vector256.IsHardwareAccelerated)
            done = Range<Vector256<float>, Ops256>(rows, rowCount, done, features, weights, stride, outputs, logits);
        if (Vector128.IsHardwareAccelerated)
            done = Range<Vector128<float>, Ops128>(rows, rowCount, done, features, weights, stride, outputs, logits);
        Range<float, OpsScalar>(rows, rowCount, done, features, weights, stride, outputs, logits);
    }

    /// <summary>The features from <paramref name="from"/> on that fill whole vectors; returns the first feature left over.</summary>
    internal static int Range<TVector, TOps>(
        float** rows, int rowCount, int from, int features, float* weights, int stride, int outputs, float* logits)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        var to = from + (features - from) / TOps.Width * TOps.Width;
        if (to == from)
            return from;
        for (var r = 0; r < rowCount; r += 2)
        {
            // An odd last row is paired with itself.
            var second = Math.Min(r + 1, rowCount - 1);
            float* z0 = logits + (long)r * outputs;
            float* z1 = second == r ? null : z0 + outputs;
            var k = 0;
            for (; outputs - k >= 5 && (outputs - k) % 4 != 0; k += 5)
                Tile5<TVector, TOps>(rows[r], rows[second], from, to, weights + (long)k * stride, stride, z0 + k, z1 == null ? null : z1 + k);
            for (; outputs - k >= 4; k += 4)
                Tile4<TVector, TOps>(rows[r], rows[second], from, to, weights + (long)k * stride, stride, z0 + k, z1 == null ? null : z1 + k);
            for (; k < outputs; k++)
                Tile1<TVector, TOps>(rows[r], rows[second], from, to, weights + (long)k * stride, z0 + k, z1 == null ? null : z1 + k);
        }

        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile5<TVector, TOps>(float* x0, float* x1, int from, int to, float* w, int stride, float* z0, float* z1)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        float* w0 = w, w1 = w0 + stride, w2 = w1 + stride, w3 = w2 + stride, w4 = w3 + stride;
        for (var j = from; j < to; j += TOps.Width)
        {
            TVector x = TOps.Load(x0 + j), y = TOps.Load(x1 + j);
            var v = TOps.Load(w0 + j);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            v = TOps.Load(w1 + j);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            v = TOps.Load(w2 + j);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            v = TOps.Load(w3 + j);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
            v = TOps.Load(w4 + j);
            a4 = TOps.MultiplyAdd(x, v, a4);
            b4 = TOps.MultiplyAdd(y, v, b4);
        }

        z0[0] += TOps.Sum(a0);
        z0[1] += TOps.Sum(a1);
        z0[2] += TOps.Sum(a2);
        z0[3] += TOps.Sum(a3);
        z0[4] += TOps.Sum(a4);
        if (z1 == null)
            return;
        z1[0] += TOps.Sum(b0);
        z1[1] += TOps.Sum(b1);
        z1[2] += TOps.Sum(b2);
        z1[3] += TOps.Sum(b3);
        z1[4] += TOps.Sum(b4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<TVector, TOps>(float* x0, float* x1, int from, int to, float* w, int stride, float* z0, float* z1)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        float* w0 = w, w1 = w0 + stride, w2 = w1 + stride, w3 = w2 + stride;
        for (var j = from; j < to; j += TOps.Width)
        {
            TVector x = TOps.Load(x0 + j), y = TOps.Load(x1 + j);
            var v = TOps.Load(w0 + j);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            v = TOps.Load(w1 + j);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            v = TOps.Load(w2 + j);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            v = TOps.Load(w3 + j);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
        }

        z0[0] += TOps.Sum(a0);
        z0[1] += TOps.Sum(a1);
        z0[2] += TOps.Sum(a2);
        z0[3] += TOps.Sum(a3);
        if (z1 == null)
            return;
        z1[0] += TOps.Sum(b0);
        z1[1] += TOps.Sum(b1);
        z1[2] += TOps.Sum(b2);
        z1[3] += TOps.Sum(b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TVector, TOps>(float* x0, float* x1, int from, int to, float* w, float* z0, float* z1)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a = default, b = default;
        for (var j = from; j < to; j += TOps.Width)
        {
            var v = TOps.Load(w + j);
            a = TOps.MultiplyAdd(TOps.Load(x0 + j), v, a);
            b = TOps.MultiplyAdd(TOps.Load(x1 + j), v, b);
        }

        z0[0] += TOps.Sum(a);
        if (z1 != null)
            z1[0] += TOps.Sum(b);
    }
}

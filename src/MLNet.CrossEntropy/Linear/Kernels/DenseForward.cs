using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Logits of dense rows, <c>Z[r, k] += sum_j X[r, j] W[k, j]</c>: the product X W' in register tiles of 4 rows by 5, 2 or 1
/// outputs. Each output's sum runs over the features in one fixed order, so a row's logits do not depend on the rows beside
/// it, nor on the thread that computes them.
/// </summary>
internal static unsafe class DenseForward
{
    private const int TileRows = 4;

    // So many rows go through the weights of one tile's outputs before the next outputs' turn: both stay in the first-level cache.
    private const int GroupRows = 16;

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
        Debug.Assert(rowCount >= 0 && features >= 0 && outputs > 0 && (outputs == 1 || stride >= features));
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
        for (var start = 0; start < rowCount; start += GroupRows)
        {
            var end = Math.Min(start + GroupRows, rowCount);
            for (int k = 0, tile; k < outputs; k += tile)
            {
                tile = OutputTiles.Next(outputs - k, TOps.TileOutputs);
                var w = weights + (long)k * stride;
                for (var r = start; r < end; r += TileRows)
                {
                    var count = Math.Min(TileRows, end - r);
                    var z = logits + (long)r * outputs + k;
                    if (tile == 5)
                        Tile5<TVector, TOps>(rows + r, count, from, to, w, stride, z, outputs);
                    else if (tile == 2)
                        Tile2<TVector, TOps>(rows + r, count, from, to, w, stride, z, outputs);
                    else
                        Tile1<TVector, TOps>(rows + r, count, from, to, w, z, outputs);
                }
            }
        }

        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile5<TVector, TOps>(float** rows, int rowCount, int from, int to, float* w, int stride, float* z, int outputs)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        TVector c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
        TVector d0 = default, d1 = default, d2 = default, d3 = default, d4 = default;
        float* x0 = rows[0], x1 = rows[Math.Min(1, rowCount - 1)], x2 = rows[Math.Min(2, rowCount - 1)], x3 = rows[rowCount - 1];
        float* w0 = w, w1 = w0 + stride, w2 = w1 + stride, w3 = w2 + stride, w4 = w3 + stride;
        for (nint j = from; j < to; j += TOps.Width)
        {
            TVector x = TOps.Load(x0 + j), y = TOps.Load(x1 + j), u = TOps.Load(x2 + j), t = TOps.Load(x3 + j);
            var v = TOps.Load(w0 + j);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
            v = TOps.Load(w1 + j);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            c1 = TOps.MultiplyAdd(u, v, c1);
            d1 = TOps.MultiplyAdd(t, v, d1);
            v = TOps.Load(w2 + j);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            c2 = TOps.MultiplyAdd(u, v, c2);
            d2 = TOps.MultiplyAdd(t, v, d2);
            v = TOps.Load(w3 + j);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
            c3 = TOps.MultiplyAdd(u, v, c3);
            d3 = TOps.MultiplyAdd(t, v, d3);
            v = TOps.Load(w4 + j);
            a4 = TOps.MultiplyAdd(x, v, a4);
            b4 = TOps.MultiplyAdd(y, v, b4);
            c4 = TOps.MultiplyAdd(u, v, c4);
            d4 = TOps.MultiplyAdd(t, v, d4);
        }

        Add(TOps.SumFour(a0, b0, c0, d0), z, rowCount, outputs);
        Add(TOps.SumFour(a1, b1, c1, d1), z + 1, rowCount, outputs);
        Add(TOps.SumFour(a2, b2, c2, d2), z + 2, rowCount, outputs);
        Add(TOps.SumFour(a3, b3, c3, d3), z + 3, rowCount, outputs);
        Add(TOps.SumFour(a4, b4, c4, d4), z + 4, rowCount, outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2<TVector, TOps>(float** rows, int rowCount, int from, int to, float* w, int stride, float* z, int outputs)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default;
        TVector b0 = default, b1 = default;
        TVector c0 = default, c1 = default;
        TVector d0 = default, d1 = default;
        float* x0 = rows[0], x1 = rows[Math.Min(1, rowCount - 1)], x2 = rows[Math.Min(2, rowCount - 1)], x3 = rows[rowCount - 1];
        float* w0 = w, w1 = w0 + stride;
        for (nint j = from; j < to; j += TOps.Width)
        {
            TVector x = TOps.Load(x0 + j), y = TOps.Load(x1 + j), u = TOps.Load(x2 + j), t = TOps.Load(x3 + j);
            var v = TOps.Load(w0 + j);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
            v = TOps.Load(w1 + j);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            c1 = TOps.MultiplyAdd(u, v, c1);
            d1 = TOps.MultiplyAdd(t, v, d1);
        }

        Add(TOps.SumFour(a0, b0, c0, d0), z, rowCount, outputs);
        Add(TOps.SumFour(a1, b1, c1, d1), z + 1, rowCount, outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TVector, TOps>(float** rows, int rowCount, int from, int to, float* w, float* z, int outputs)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default;
        TVector b0 = default;
        TVector c0 = default;
        TVector d0 = default;
        float* x0 = rows[0], x1 = rows[Math.Min(1, rowCount - 1)], x2 = rows[Math.Min(2, rowCount - 1)], x3 = rows[rowCount - 1];
        for (nint j = from; j < to; j += TOps.Width)
        {
            TVector x = TOps.Load(x0 + j), y = TOps.Load(x1 + j), u = TOps.Load(x2 + j), t = TOps.Load(x3 + j);
            var v = TOps.Load(w + j);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
        }

        Add(TOps.SumFour(a0, b0, c0, d0), z, rowCount, outputs);
    }

    /// <summary>Adds the sums of a tile's rows, of which the last may stand for rows that there are not, to their logits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<float> sums, float* z, int rowCount, int outputs)
    {
        z[0] += sums[0];
        if (rowCount > 1)
            z[outputs] += sums[1];
        if (rowCount > 2)
            z[2 * outputs] += sums[2];
        if (rowCount > 3)
            z[3 * outputs] += sums[3];
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The gradient of dense rows, <c>G[k, j] = sum_r D[r, k] X[r, j]</c>: the product D' X in register tiles of 5, 2 or 1 outputs
/// by four vectors of features. Each element's sum runs over the rows in order, so the result does not depend on how
/// the features are split between threads.
/// </summary>
internal static unsafe class DenseBackward
{
    private const int TileVectors = 4;

    /// <summary>
    /// Writes the gradient of the features <c>[from, to)</c>.
    /// </summary>
    /// <param name="rows">Pointers to the rows, each <c>[features]</c>.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="from">The first feature.</param>
    /// <param name="to">The feature after the last.</param>
    /// <param name="errors">The loss's gradient in the logits, D <c>[rowCount, outputs]</c>.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="gradient">G <c>[outputs, stride]</c>.</param>
    /// <param name="stride">Floats from one output's gradient to the next's.</param>
    /// <param name="ahead">What to bring into the cache meanwhile.</param>
    public static void Compute(
        float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride, RowsAhead ahead = default)
    {
        Debug.Assert(rowCount >= 0 && from >= 0 && outputs > 0 && (outputs == 1 || stride >= to));
        var done = from;
        if (Vector512.IsHardwareAccelerated)
            done = Range<Vector512<float>, Ops512>(rows, rowCount, done, to, errors, outputs, gradient, stride, ahead);
        if (done > from)
            ahead = default;
        if (Vector256.IsHardwareAccelerated)
            done = Range<Vector256<float>, Ops256>(rows, rowCount, done, to, errors, outputs, gradient, stride, ahead);
        if (done > from)
            ahead = default;
        if (Vector128.IsHardwareAccelerated)
        {
            done = Range<Vector128<float>, Ops128>(rows, rowCount, done, to, errors, outputs, gradient, stride, ahead);
            // A tile over the end computes some features a second time, to the same bits.
            if (done > from && done < to)
            {
                var last = to - TileVectors * Ops128.Width;
                done = Range<Vector128<float>, Ops128>(rows, rowCount, last, to, errors, outputs, gradient, stride);
            }
        }

        done = Range<float, OpsScalar>(rows, rowCount, done, to, errors, outputs, gradient, stride);
        for (; done < to; done++)
            OneFeature(rows, rowCount, done, errors, outputs, gradient, stride);
    }

    /// <summary>The features from <paramref name="from"/> on that fill whole tiles; returns the first feature left over.</summary>
    internal static int Range<TVector, TOps>(
        float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride, RowsAhead ahead = default)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        var tileFeatures = TileVectors * TOps.Width;
        var passes = (to - from) / tileFeatures * OutputTiles.Count(outputs, TOps.TileOutputs);
        var pass = 0;
        var j = from;
        for (; to - j >= tileFeatures; j += tileFeatures)
        {
            for (int k = 0, tile; k < outputs; k += tile)
            {
                tile = OutputTiles.Next(outputs - k, TOps.TileOutputs);
                var g = gradient + (long)k * stride + j;
                var fetch = ahead.Pass(pass++, passes);
                if (tile == 5)
                    Tile5<TVector, TOps>(rows, rowCount, j, errors + k, outputs, g, stride, fetch);
                else if (tile == 2)
                    Tile2<TVector, TOps>(rows, rowCount, j, errors + k, outputs, g, stride, fetch);
                else
                    Tile1<TVector, TOps>(rows, rowCount, j, errors + k, outputs, g, fetch);
            }
        }

        return j;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile5<TVector, TOps>(
        float** rows, int rowCount, int j, float* errors, int outputs, float* g, int stride, AheadPass ahead)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        TVector c0 = default, c1 = default, c2 = default, c3 = default, c4 = default;
        TVector d0 = default, d1 = default, d2 = default, d3 = default, d4 = default;
        for (nint r = 0; r < rowCount; r++, errors += outputs)
        {
            ahead.Fetch(r);
            var row = rows[r] + j;
            TVector x = TOps.Load(row), y = TOps.Load(row + TOps.Width);
            TVector u = TOps.Load(row + 2 * TOps.Width), t = TOps.Load(row + 3 * TOps.Width);
            var v = TOps.Broadcast(errors[0]);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
            v = TOps.Broadcast(errors[1]);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            c1 = TOps.MultiplyAdd(u, v, c1);
            d1 = TOps.MultiplyAdd(t, v, d1);
            v = TOps.Broadcast(errors[2]);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            c2 = TOps.MultiplyAdd(u, v, c2);
            d2 = TOps.MultiplyAdd(t, v, d2);
            v = TOps.Broadcast(errors[3]);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
            c3 = TOps.MultiplyAdd(u, v, c3);
            d3 = TOps.MultiplyAdd(t, v, d3);
            v = TOps.Broadcast(errors[4]);
            a4 = TOps.MultiplyAdd(x, v, a4);
            b4 = TOps.MultiplyAdd(y, v, b4);
            c4 = TOps.MultiplyAdd(u, v, c4);
            d4 = TOps.MultiplyAdd(t, v, d4);
        }

        Store<TVector, TOps>(a0, b0, c0, d0, g);
        Store<TVector, TOps>(a1, b1, c1, d1, g + stride);
        Store<TVector, TOps>(a2, b2, c2, d2, g + 2 * stride);
        Store<TVector, TOps>(a3, b3, c3, d3, g + 3 * stride);
        Store<TVector, TOps>(a4, b4, c4, d4, g + 4 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2<TVector, TOps>(
        float** rows, int rowCount, int j, float* errors, int outputs, float* g, int stride, AheadPass ahead)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default;
        TVector b0 = default, b1 = default;
        TVector c0 = default, c1 = default;
        TVector d0 = default, d1 = default;
        for (nint r = 0; r < rowCount; r++, errors += outputs)
        {
            ahead.Fetch(r);
            var row = rows[r] + j;
            TVector x = TOps.Load(row), y = TOps.Load(row + TOps.Width);
            TVector u = TOps.Load(row + 2 * TOps.Width), t = TOps.Load(row + 3 * TOps.Width);
            var v = TOps.Broadcast(errors[0]);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
            v = TOps.Broadcast(errors[1]);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            c1 = TOps.MultiplyAdd(u, v, c1);
            d1 = TOps.MultiplyAdd(t, v, d1);
        }

        Store<TVector, TOps>(a0, b0, c0, d0, g);
        Store<TVector, TOps>(a1, b1, c1, d1, g + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TVector, TOps>(float** rows, int rowCount, int j, float* errors, int outputs, float* g, AheadPass ahead)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default;
        TVector b0 = default;
        TVector c0 = default;
        TVector d0 = default;
        for (nint r = 0; r < rowCount; r++, errors += outputs)
        {
            ahead.Fetch(r);
            var row = rows[r] + j;
            TVector x = TOps.Load(row), y = TOps.Load(row + TOps.Width);
            TVector u = TOps.Load(row + 2 * TOps.Width), t = TOps.Load(row + 3 * TOps.Width);
            var v = TOps.Broadcast(errors[0]);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            c0 = TOps.MultiplyAdd(u, v, c0);
            d0 = TOps.MultiplyAdd(t, v, d0);
        }

        Store<TVector, TOps>(a0, b0, c0, d0, g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector, TOps>(TVector a, TVector b, TVector c, TVector d, float* g)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TOps.Store(a, g);
        TOps.Store(b, g + TOps.Width);
        TOps.Store(c, g + 2 * TOps.Width);
        TOps.Store(d, g + 3 * TOps.Width);
    }

    private static void OneFeature(float** rows, int rowCount, int j, float* errors, int outputs, float* gradient, int stride)
    {
        for (var k = 0; k < outputs; k++)
        {
            var sum = 0f;
            for (var r = 0; r < rowCount; r++)
                sum = MathF.FusedMultiplyAdd(rows[r][j], errors[(long)r * outputs + k], sum);
            gradient[(long)k * stride + j] = sum;
        }
    }
}

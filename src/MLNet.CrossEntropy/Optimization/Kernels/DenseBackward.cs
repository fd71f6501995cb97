using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Optimization.Kernels;

/// <summary>
/// The gradient of dense rows, <c>G[k, j] = sum_r D[r, k] X[r, j]</c>: the product D' X in register tiles of 5, 4 or 1 outputs
/// by two vectors of features. Each element's sum runs over the rows in order, so the result does not depend on how
/// the features are split between threads.
/// </summary>
internal static unsafe class DenseBackward
{
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
    public static void Compute(float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride)
    {
        var done = from;
        if (Vector512.IsHardwareAccelerated)
            done = Range<Vector512<float>, Ops512>(rows, rowCount, done, to, errors, outputs, gradient, stride);
        else if (Vector256.IsHardwareAccelerated)
            done = Range<Vector256<float>, Ops256>(rows, rowCount, done, to, errors, outputs, gradient, stride);
        if (Vector128.IsHardwareAccelerated)
            done = Range<Vector128<float>, Ops128>(rows, rowCount, done, to, errors, outputs, gradient, stride);
        done = Range<float, OpsScalar>(rows, rowCount, done, to, errors, outputs, gradient, stride);
        if (done < to)
            LastFeature(rows, rowCount, done, errors, outputs, gradient, stride);
    }

    /// <summary>The features from <paramref name="from"/> on that fill whole pairs of vectors; returns the first feature left over.</summary>
    internal static int Range<TVector, TOps>(
        float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        var j = from;
        for (; to - j >= 2 * TOps.Width; j += 2 * TOps.Width)
        {
            var k = 0;
            for (; outputs - k >= 5 && (outputs - k) % 4 != 0; k += 5)
                Tile5<TVector, TOps>(rows, rowCount, j, errors + k, outputs, gradient + (long)k * stride + j, stride);
            for (; outputs - k >= 4; k += 4)
                Tile4<TVector, TOps>(rows, rowCount, j, errors + k, outputs, gradient + (long)k * stride + j, stride);
            for (; k < outputs; k++)
                Tile1<TVector, TOps>(rows, rowCount, j, errors + k, outputs, gradient + (long)k * stride + j);
        }

        return j;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile5<TVector, TOps>(float** rows, int rowCount, int j, float* d, int outputs, float* g, int stride)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        for (var r = 0; r < rowCount; r++, d += outputs)
        {
            float* row = rows[r] + j;
            TVector x = TOps.Load(row), y = TOps.Load(row + TOps.Width);
            var v = TOps.Broadcast(d[0]);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            v = TOps.Broadcast(d[1]);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            v = TOps.Broadcast(d[2]);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            v = TOps.Broadcast(d[3]);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
            v = TOps.Broadcast(d[4]);
            a4 = TOps.MultiplyAdd(x, v, a4);
            b4 = TOps.MultiplyAdd(y, v, b4);
        }

        StorePair<TVector, TOps>(a0, b0, g);
        StorePair<TVector, TOps>(a1, b1, g += stride);
        StorePair<TVector, TOps>(a2, b2, g += stride);
        StorePair<TVector, TOps>(a3, b3, g += stride);
        StorePair<TVector, TOps>(a4, b4, g + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<TVector, TOps>(float** rows, int rowCount, int j, float* d, int outputs, float* g, int stride)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        TVector b0 = default, b1 = default, b2 = default, b3 = default;
        for (var r = 0; r < rowCount; r++, d += outputs)
        {
            float* row = rows[r] + j;
            TVector x = TOps.Load(row), y = TOps.Load(row + TOps.Width);
            var v = TOps.Broadcast(d[0]);
            a0 = TOps.MultiplyAdd(x, v, a0);
            b0 = TOps.MultiplyAdd(y, v, b0);
            v = TOps.Broadcast(d[1]);
            a1 = TOps.MultiplyAdd(x, v, a1);
            b1 = TOps.MultiplyAdd(y, v, b1);
            v = TOps.Broadcast(d[2]);
            a2 = TOps.MultiplyAdd(x, v, a2);
            b2 = TOps.MultiplyAdd(y, v, b2);
            v = TOps.Broadcast(d[3]);
            a3 = TOps.MultiplyAdd(x, v, a3);
            b3 = TOps.MultiplyAdd(y, v, b3);
        }

        StorePair<TVector, TOps>(a0, b0, g);
        StorePair<TVector, TOps>(a1, b1, g += stride);
        StorePair<TVector, TOps>(a2, b2, g += stride);
        StorePair<TVector, TOps>(a3, b3, g + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TVector, TOps>(float** rows, int rowCount, int j, float* d, int outputs, float* g)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a = default, b = default;
        for (var r = 0; r < rowCount; r++, d += outputs)
        {
            float* row = rows[r] + j;
            var v = TOps.Broadcast(d[0]);
            a = TOps.MultiplyAdd(TOps.Load(row), v, a);
            b = TOps.MultiplyAdd(TOps.Load(row + TOps.Width), v, b);
        }

        StorePair<TVector, TOps>(a, b, g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<TVector, TOps>(TVector a, TVector b, float* g)
        where TVector : struct
        where TOps : struct, IVectorOps<TVector>
    {
        TOps.Store(a, g);
        TOps.Store(b, g + TOps.Width);
    }

    private static void LastFeature(float** rows, int rowCount, int j, float* d, int outputs, float* gradient, int stride)
    {
        for (var k = 0; k < outputs; k++)
        {
            var sum = 0f;
            for (var r = 0; r < rowCount; r++)
                sum = MathF.FusedMultiplyAdd(rows[r][j], d[(long)r * outputs + k], sum);
            gradient[(long)k * stride + j] = sum;
        }
    }
}

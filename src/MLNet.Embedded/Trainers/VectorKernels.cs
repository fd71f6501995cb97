using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>The verbs that linear models need of dense and sparse rows.</summary>
internal static class VectorKernels
{
    /// <summary>sum_i x_i y_i, in Single, by as many lanes as the processor has.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ReadOnlySpan<Vector<float>> xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        ReadOnlySpan<Vector<float>> ys = MemoryMarshal.Cast<float, Vector<float>>(y[..x.Length]);
        // Four independent sums hide the latency of the additions.
        Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a;
        int i = 0;
        for (; i + 4 <= xs.Length; i += 4)
        {
            a += xs[i] * ys[i];
            b += xs[i + 1] * ys[i + 1];
            c += xs[i + 2] * ys[i + 2];
            d += xs[i + 3] * ys[i + 3];
        }

        for (; i < xs.Length; i++)
            a += xs[i] * ys[i];
        float sum = Vector.Sum((a + b) + (c + d));
        for (int j = xs.Length * Vector<float>.Count; j < x.Length; j++)
            sum += x[j] * y[j];
        return sum;
    }

    /// <summary>The dot product of a dense or sparse row with a dense vector.</summary>
    public static float Dot(in VBuffer<float> x, ReadOnlySpan<float> y)
        => x.IsDense ? Dot(x.GetValues(), y) : Dot(x.GetValues(), x.GetIndices(), y);

    /// <summary>sum_i x_i y_{index_i}.</summary>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<int> indices, ReadOnlySpan<float> y)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += x[i] * y[indices[i]];
        return sum;
    }

    /// <summary>y += a x.</summary>
    public static void AddScaled(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        ReadOnlySpan<Vector<float>> xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        Span<Vector<float>> ys = MemoryMarshal.Cast<float, Vector<float>>(y[..x.Length]);
        var scale = new Vector<float>(a);
        for (int i = 0; i < xs.Length; i++)
            ys[i] += scale * xs[i];
        for (int j = xs.Length * Vector<float>.Count; j < x.Length; j++)
            y[j] += a * x[j];
    }

    /// <summary>y_{index_i} += a x_i.</summary>
    public static void AddScaled(float a, ReadOnlySpan<float> x, ReadOnlySpan<int> indices, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[indices[i]] += a * x[i];
    }
}

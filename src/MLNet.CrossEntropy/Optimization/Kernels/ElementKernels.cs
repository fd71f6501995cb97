using System.Numerics;

namespace MLNet.CrossEntropy.Optimization.Kernels;

/// <summary>What a dense step does to each weight, a vector at a time. All spans of a call have one length.</summary>
internal static class ElementKernels
{
    /// <summary>
    /// <c>g &lt;- s (f g - m b + l2 w)</c>: the gradient in raw weights, f g with b in the bias, becomes that in scaled weights.
    /// </summary>
    public static void ToScaledGradient(
        Span<float> gradient, float factor, ReadOnlySpan<float> means, ReadOnlySpan<float> scales, ReadOnlySpan<float> raw, float bias, float l2)
    {
        var j = 0;
        for (; gradient.Length - j >= Vector<float>.Count; j += Vector<float>.Count)
        {
            var slope = new Vector<float>(gradient[j..]) * factor - new Vector<float>(means[j..]) * bias + new Vector<float>(raw[j..]) * l2;
            (new Vector<float>(scales[j..]) * slope).CopyTo(gradient[j..]);
        }

        for (; j < gradient.Length; j++)
            gradient[j] = scales[j] * (factor * gradient[j] - means[j] * bias + l2 * raw[j]);
    }

    /// <summary>
    /// SAGA: the change c of a batch's gradient becomes the estimate <c>a c + mean</c> of the mean gradient, and the mean
    /// itself becomes <c>mean + b c</c>.
    /// </summary>
    public static void Remember(Span<float> gradient, Span<float> mean, float estimate, float share)
    {
        var j = 0;
        for (; gradient.Length - j >= Vector<float>.Count; j += Vector<float>.Count)
        {
            Vector<float> change = new(gradient[j..]), known = new(mean[j..]);
            (change * estimate + known).CopyTo(gradient[j..]);
            (known + change * share).CopyTo(mean[j..]);
        }

        for (; j < gradient.Length; j++)
        {
            var change = gradient[j];
            gradient[j] = change * estimate + mean[j];
            mean[j] += change * share;
        }
    }

    /// <summary><c>y += x</c>.</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> y)
    {
        var j = 0;
        for (; y.Length - j >= Vector<float>.Count; j += Vector<float>.Count)
            (new Vector<float>(x[j..]) + new Vector<float>(y[j..])).CopyTo(y[j..]);
        for (; j < y.Length; j++)
            y[j] += x[j];
    }

    /// <summary><c>raw = s scaled</c>; returns <c>sum m raw</c>.</summary>
    public static double ToRaw(ReadOnlySpan<float> scaled, ReadOnlySpan<float> scales, ReadOnlySpan<float> means, Span<float> raw)
    {
        var sums = Vector<float>.Zero;
        var j = 0;
        for (; raw.Length - j >= Vector<float>.Count; j += Vector<float>.Count)
        {
            var weights = new Vector<float>(scaled[j..]) * new Vector<float>(scales[j..]);
            weights.CopyTo(raw[j..]);
            sums += weights * new Vector<float>(means[j..]);
        }

        double sum = Vector.Sum(sums);
        for (; j < raw.Length; j++)
        {
            raw[j] = scales[j] * scaled[j];
            sum += (double)means[j] * raw[j];
        }

        return sum;
    }
}

using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What a step does to each weight, in every vector width, against the formulas in double.</summary>
public sealed unsafe class ElementKernelTests
{
    private const float Factor = 0.25f;
    private const float Bias = -1.5f;
    private const float Share = 0.01f;

    public static TheoryData<string> Widths => ["the machine's", "512", "256", "128", "scalar"];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_width_computes_the_formulas(string width)
    {
        foreach (var length in new[] { 1, 3, 4, 8, 15, 16, 31, 32, 48, 61 })
        {
            // Widths of their own do whole vectors alone.
            var done = length / FloatsOf(width) * FloatsOf(width);
            float[] gradient = Draw(length, 1), means = Draw(length, 2), scales = Draw(length, 3), weights = Draw(length, 4),
                mean = Draw(length, 5), l2 = Draw(length, 6);
            float[] slopes = new float[length], change = [.. gradient], memory = [.. mean], raw = new float[length];
            double sum;
            fixed (float* g = gradient, m = means, s = scales, w = weights, p = l2, c = change, known = memory, to = slopes, r = raw)
            {
                Scale(width, g, m, s, w, p, to, length);
                Remember(width, c, known, length);
                sum = ToRaw(width, w, s, m, r, length);
            }

            var expectedSum = 0.0;
            for (var j = 0; j < done; j++)
            {
                Near((double)scales[j] * (Factor * gradient[j] - means[j] * Bias + l2[j] * weights[j]), slopes[j]);
                Near((double)gradient[j] * Factor + mean[j], change[j]);
                Near((double)gradient[j] * Share + mean[j], memory[j]);
                Assert.Equal(scales[j] * weights[j], raw[j]);
                expectedSum += (double)means[j] * raw[j];
            }

            Assert.Equal(expectedSum, sum, 1e-5 * Math.Max(1, length));
            Assert.All(slopes[done..], slope => Assert.Equal(0, slope));
        }
    }

    private static int FloatsOf(string width) => int.TryParse(width, out var bits) ? bits / 32 : 1;

    private static void Scale(string width, float* g, float* m, float* s, float* w, float* l2, float* to, int length)
    {
        if (width == "512")
            ElementKernels.ScaleRange<Vector512<float>, Ops512>(g, Factor, m, s, w, Bias, l2, to, 0, length);
        else if (width == "256")
            ElementKernels.ScaleRange<Vector256<float>, Ops256>(g, Factor, m, s, w, Bias, l2, to, 0, length);
        else if (width == "128")
            ElementKernels.ScaleRange<Vector128<float>, Ops128>(g, Factor, m, s, w, Bias, l2, to, 0, length);
        else if (width == "scalar")
            ElementKernels.ScaleRange<float, OpsScalar>(g, Factor, m, s, w, Bias, l2, to, 0, length);
        else
            ElementKernels.ToScaledGradient(g, Factor, m, s, w, Bias, l2, to, length);
    }

    private static void Remember(string width, float* change, float* mean, int length)
    {
        if (width == "512")
            ElementKernels.RememberRange<Vector512<float>, Ops512>(change, mean, Factor, Share, 0, length);
        else if (width == "256")
            ElementKernels.RememberRange<Vector256<float>, Ops256>(change, mean, Factor, Share, 0, length);
        else if (width == "128")
            ElementKernels.RememberRange<Vector128<float>, Ops128>(change, mean, Factor, Share, 0, length);
        else if (width == "scalar")
            ElementKernels.RememberRange<float, OpsScalar>(change, mean, Factor, Share, 0, length);
        else
            ElementKernels.Remember(change, mean, Factor, Share, length);
    }

    private static double ToRaw(string width, float* scaled, float* scales, float* means, float* raw, int length)
    {
        var from = 0;
        return width switch
        {
            "512" => ElementKernels.RawRange<Vector512<float>, Ops512>(scaled, scales, means, raw, ref from, length),
            "256" => ElementKernels.RawRange<Vector256<float>, Ops256>(scaled, scales, means, raw, ref from, length),
            "128" => ElementKernels.RawRange<Vector128<float>, Ops128>(scaled, scales, means, raw, ref from, length),
            "scalar" => ElementKernels.RawRange<float, OpsScalar>(scaled, scales, means, raw, ref from, length),
            _ => ElementKernels.ToRaw(scaled, scales, means, raw, length),
        };
    }

    private static float[] Draw(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static void Near(double expected, float actual) => Assert.Equal(expected, actual, 1e-6);
}

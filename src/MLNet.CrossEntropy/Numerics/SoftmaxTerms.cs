using System.Numerics;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// What a softmax row is made of once its largest logit is subtracted: with e_k = exp(z_k - max), the largest term is 1
/// and <see cref="Others"/> is the sum of all the rest. Keeping the 1 apart keeps the digits of a confident row:
/// 1 - q is Others / Sum and -log q is log1p(Others), however small.
/// </summary>
internal readonly struct SoftmaxTerms
{
    private readonly double _max;
    private readonly double _logSum;

    private SoftmaxTerms(double max, int argMax, double others)
    {
        _max = max;
        ArgMax = argMax;
        Others = others;
        _logSum = StableMath.Log1P(others);
    }

    /// <summary>The first index of the largest logit.</summary>
    public int ArgMax { get; }

    /// <summary>The sum of e_k over every k but <see cref="ArgMax"/>.</summary>
    public double Others { get; }

    /// <summary>log(sum_k exp(z_k)).</summary>
    public double LogSumExp => double.IsInfinity(_max) ? _max : _max + _logSum;

    /// <summary>-log q_k = LSE(z) - z_k, from the logit.</summary>
    public double Surprisal(double logit) => (_max - logit) + _logSum;

    /// <summary>q_k, from the term e_k.</summary>
    public double Probability(double term) => term / Sum;

    /// <summary>1 - q_k, from the term e_k. (Any q_k but the largest is at most a half: nothing cancels.)</summary>
    public double Complement(int k, double term) => k == ArgMax ? Others / Sum : 1 - Probability(term);

    /// <summary>sum_k e_k.</summary>
    public double Sum => 1 + Others;

    /// <summary>a q_k - b, from the term e_k, keeping its digits where q_k is nearly 1 and b nearly a.</summary>
    public double Difference(int k, double term, double a, double b) =>
        k == ArgMax ? (a - b) - a * (Others / Sum) : a * Probability(term) - b;

    /// <summary>The terms' sums alone.</summary>
    public static SoftmaxTerms Of<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (var argMax, var max) = FindMax(logits);
        var others = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            if (k != argMax)
                others.Add(Math.Exp(double.CreateTruncating(logits[k]) - max));
        }

        return new SoftmaxTerms(max, argMax, Undefined(max) ? double.NaN : others.Value);
    }

    /// <summary>The terms e_k, written to <paramref name="terms"/> (which may be the logits themselves), and their sums.</summary>
    public static SoftmaxTerms Of<T>(ReadOnlySpan<T> logits, Span<T> terms)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return Of(MemoryMarshal.Cast<T, float>(logits), MemoryMarshal.Cast<T, float>(terms));

        (var argMax, var max) = FindMax(logits);
        var others = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            var term = Math.Exp(double.CreateTruncating(logits[k]) - max);
            terms[k] = T.CreateTruncating(term);
            if (k != argMax)
                others.Add(term);
        }

        return new SoftmaxTerms(max, argMax, Undefined(max) ? double.NaN : others.Value);
    }

    // The trainers' own path: every row of every epoch.
    private static SoftmaxTerms Of(ReadOnlySpan<float> logits, Span<float> terms)
    {
        Throw.IfEmpty(logits.Length, nameof(logits));
        var max = SpanMath.Max(logits);
        if (Undefined(max))
        {
            terms.Fill(float.NaN);
            return new SoftmaxTerms(max, 0, double.NaN);
        }

        var argMax = 0;
        while (logits[argMax] != max)
            argMax++;
        SpanMath.Subtract(logits, max, terms);
        VectorMath.Exp(terms, terms);
        terms[argMax] = 0;
        var others = SpanMath.Sum(terms);
        terms[argMax] = 1;
        return new SoftmaxTerms(max, argMax, others);
    }

    private static bool Undefined(double max) => !double.IsFinite(max);

    private static (int Index, double Value) FindMax<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfEmpty(logits.Length, nameof(logits));
        var index = 0;
        for (var k = 1; k < logits.Length && !T.IsNaN(logits[index]); k++)
        {
            if (logits[k] > logits[index] || T.IsNaN(logits[k]))
                index = k;
        }

        return (index, double.CreateTruncating(logits[index]));
    }
}

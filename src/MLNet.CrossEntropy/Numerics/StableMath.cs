using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The functions that cross-entropy is made of, written so that they neither overflow nor lose their digits:
/// right at logits of ±10,000 and of -infinity, for one class and for ten thousand, in float and in double.
/// NaN in gives NaN out.
/// </summary>
public static class StableMath
{
    /// <summary>
    /// LSE(z) = log(sum_k exp(z_k)) in nats; -infinity when every logit is, +infinity when one is.
    /// </summary>
    /// <param name="logits">z, at least one.</param>
    /// <exception cref="ArgumentException"><paramref name="logits"/> is empty.</exception>
    public static T LogSumExp<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.CreateTruncating(SoftmaxTerms.Of(logits).LogSumExp);

    /// <summary>
    /// probabilities[k] = exp(z_k - LSE(z)): the class probabilities that the logits z stand for. In place when both are
    /// the same span. A logit of -infinity has probability 0; where all logits are -infinity, or one is +infinity, the
    /// probabilities are undefined and NaN.
    /// </summary>
    /// <param name="logits">z, at least one.</param>
    /// <param name="probabilities">Receives as many probabilities.</param>
    /// <exception cref="ArgumentException"><paramref name="logits"/> is empty or the spans differ in length.</exception>
    public static void Softmax<T>(ReadOnlySpan<T> logits, Span<T> probabilities)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(logits.Length, probabilities.Length, nameof(logits), nameof(probabilities));
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, probabilities);
        for (var k = 0; k < probabilities.Length; k++)
            probabilities[k] = T.CreateTruncating(terms.Probability(double.CreateTruncating(probabilities[k])));
    }

    /// <summary>
    /// logProbabilities[k] = z_k - LSE(z), in nats and without ever taking the logarithm of a rounded probability.
    /// In place when both are the same span. Undefined (NaN) where <see cref="Softmax"/> is.
    /// </summary>
    /// <param name="logits">z, at least one.</param>
    /// <param name="logProbabilities">Receives as many log-probabilities, each at most 0.</param>
    /// <exception cref="ArgumentException"><paramref name="logits"/> is empty or the spans differ in length.</exception>
    public static void LogSoftmax<T>(ReadOnlySpan<T> logits, Span<T> logProbabilities)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(logits.Length, logProbabilities.Length, nameof(logits), nameof(logProbabilities));
        SoftmaxTerms terms = SoftmaxTerms.Of(logits);
        for (var k = 0; k < logits.Length; k++)
            logProbabilities[k] = T.CreateTruncating(-terms.Surprisal(double.CreateTruncating(logits[k])));
    }

    /// <summary>sigmoid(x) = 1 / (1 + exp(-x)), the inverse of the logit; 0 and 1 at the infinities.</summary>
    public static T Sigmoid<T>(T x)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var decay = T.Exp(-T.Abs(x));
        return (x >= T.Zero ? T.One : decay) / (T.One + decay);
    }

    /// <summary>softplus(x) = log(1 + exp(x)), also written log1pexp(x).</summary>
    public static T Softplus<T>(T x)
        where T : IBinaryFloatingPointIeee754<T> =>
        T.Max(x, T.Zero) + Log1P(T.Exp(-T.Abs(x)));

    /// <summary>log(sigmoid(x)) = -softplus(-x).</summary>
    public static T LogSigmoid<T>(T x)
        where T : IBinaryFloatingPointIeee754<T> =>
        -Softplus(-x);

    /// <summary>log(1 + x), keeping the digits of a small x.</summary>
    /// <remarks>
    /// Goldberg 1991, "What every computer scientist should know about floating-point arithmetic", theorem 4.
    /// (<c>double.LogP1</c> evaluates log(1 + x) as it stands: 0 for x = 1e-17.)
    /// </remarks>
    internal static T Log1P<T>(T x)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var onePlus = T.One + x;
        if (onePlus == T.One)
            return x;
        return T.IsFinite(onePlus) ? x * (T.Log(onePlus) / (onePlus - T.One)) : T.Log(onePlus);
    }

    /// <summary>x log y in nats, with 0 log 0 = 0 (and 0 log y = 0 for every y that is a number).</summary>
    internal static T XLogY<T>(T x, T y)
        where T : IBinaryFloatingPointIeee754<T> =>
        x == T.Zero && !T.IsNaN(y) ? T.Zero : x * T.Log(y);

    /// <summary>x y with 0 times infinity = 0: what an event of weight 0 adds to a sum, however impossible it is.</summary>
    internal static double ZeroOrProduct(double x, double y) => x == 0 ? 0 : x * y;
}

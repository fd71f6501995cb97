using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class StableMath
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
}

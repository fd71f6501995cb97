using System.Numerics;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Negative log-likelihood of log-probabilities, for models that give those: l = -w sum_k p_k log q_k, with the gradient
    /// -w p with respect to log q. An impossible event (log q = -infinity where p > 0) costs +infinity.
    /// </summary>
    /// <param name="logProbabilities">log q [N x K] in nats, row by row, each at most 0.</param>
    /// <param name="labels">The class of each row [N]; negative for a row without a label.</param>
    /// <param name="classWeights">A weight for each class [K]; empty (left out) for 1 each.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="ignoredLabel">One more label that stands for none.</param>
    /// <param name="gradient">Receives the gradient with respect to the log-probabilities [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double NegativeLogLikelihood<T>(
        ReadOnlySpan<T> logProbabilities,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<double> classWeights = default,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        int? ignoredLabel = null,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            new NegativeLogLikelihoodKernel(Weights(classWeights)),
            logProbabilities,
            new BatchLabels<T>(logProbabilities.Length, labels, ignoredLabel),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));

    /// <summary>
    /// Negative log-likelihood of log-probabilities, for models that give those: l = -w sum_k p_k log q_k, with the gradient
    /// -w p with respect to log q. An impossible event (log q = -infinity where p > 0) costs +infinity.
    /// </summary>
    /// <param name="logProbabilities">log q [N x K] in nats, row by row, each at most 0.</param>
    /// <param name="target">A distribution over the classes for each row [N x K]; a row that is all zero, or has a negative or NaN number,
    /// has no label.</param>
    /// <param name="classes">K.</param>
    /// <param name="classWeights">A weight for each class [K]; empty (left out) for 1 each.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the log-probabilities [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double NegativeLogLikelihood<T>(
        ReadOnlySpan<T> logProbabilities,
        Target<T> target,
        int classes,
        ReadOnlySpan<double> classWeights = default,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            new NegativeLogLikelihoodKernel(Weights(classWeights)),
            logProbabilities,
            new BatchLabels<T>(logProbabilities.Length, target, classes),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));
}

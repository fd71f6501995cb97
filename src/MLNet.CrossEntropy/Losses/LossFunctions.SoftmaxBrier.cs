using System.Numerics;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Brier score of logits, the squared error of probabilities: l = sum_k (q_k - p_k)^2 with q = softmax(z). (PyTorch's
    /// <c>mse_loss</c> of the probabilities divides by K as well.)
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="labels">The class of each row [N]; negative for a row without a label.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="ignoredLabel">One more label that stands for none.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SoftmaxBrier<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        int? ignoredLabel = null,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            default(SoftmaxBrierKernel),
            logits,
            new BatchLabels<T>(logits.Length, labels, ignoredLabel),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));

    /// <summary>
    /// Brier score of logits, the squared error of probabilities: l = sum_k (q_k - p_k)^2 with q = softmax(z). (PyTorch's
    /// <c>mse_loss</c> of the probabilities divides by K as well.)
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">A distribution over the classes for each row [N x K]; a row that is all zero, or has a negative or NaN number,
    /// has no label.</param>
    /// <param name="classes">K.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SoftmaxBrier<T>(
        ReadOnlySpan<T> logits,
        Target<T> target,
        int classes,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            default(SoftmaxBrierKernel),
            logits,
            new BatchLabels<T>(logits.Length, target, classes),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));
}

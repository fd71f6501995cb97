using System.Numerics;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Softmax cross-entropy of logits: l = w (LSE(z) - sum_k s_k z_k), dl/dz = w (softmax(z) - s), with the smoothed target
    /// s = (1 - a) p + a/K and w the weight of the true class (for a soft label sum_k p_k w_k).
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="labels">The class of each row [N]; negative for a row without a label.</param>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="classWeights">A weight for each class [K]; empty (left out) for 1 each.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="ignoredLabel">One more label that stands for none.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SoftmaxCrossEntropy<T>(
        ReadOnlySpan<T> logits,
        ReadOnlySpan<int> labels,
        double labelSmoothing = 0,
        ReadOnlySpan<double> classWeights = default,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        int? ignoredLabel = null,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            new SoftmaxCrossEntropyKernel(Smoothing(labelSmoothing), Weights(classWeights)),
            logits,
            new BatchLabels<T>(logits.Length, labels, ignoredLabel),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));

    /// <summary>
    /// Softmax cross-entropy of logits: l = w (LSE(z) - sum_k s_k z_k), dl/dz = w (softmax(z) - s), with the smoothed target
    /// s = (1 - a) p + a/K and w the weight of the true class (for a soft label sum_k p_k w_k).
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">A distribution over the classes for each row [N x K]; a row that is all zero, or has a negative or NaN number,
    /// has no label.</param>
    /// <param name="classes">K.</param>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="classWeights">A weight for each class [K]; empty (left out) for 1 each.</param>
    /// <param name="exampleWeights">A weight for each row [N]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the rows' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each row [N]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no rows, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SoftmaxCrossEntropy<T>(
        ReadOnlySpan<T> logits,
        Target<T> target,
        int classes,
        double labelSmoothing = 0,
        ReadOnlySpan<double> classWeights = default,
        ReadOnlySpan<double> exampleWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfRows(
            new SoftmaxCrossEntropyKernel(Smoothing(labelSmoothing), Weights(classWeights)),
            logits,
            new BatchLabels<T>(logits.Length, target, classes),
            new BatchOutput<T>(exampleWeights, reduction, gradient, losses));
}

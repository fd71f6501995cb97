using System.Numerics;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Brier score of logits, cell by cell: l = (q - y)^2 with q = sigmoid(z), half of what the two-class softmax form gives.
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">y [N x K], each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="cellWeights">A weight for each cell [N x K], or for each output [K]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the cells' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each cell [N x K]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no cells, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SigmoidBrier<T>(
        ReadOnlySpan<T> logits,
        Target<T> target,
        ReadOnlySpan<double> cellWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        BatchLoss.OfCells(
            default(SigmoidBrierKernel),
            logits,
            target,
            new BatchOutput<T>(cellWeights, reduction, gradient, losses));
}

using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Focal loss of logits, cell by cell: l = -y alpha (1 - q)^g log q - (1 - y) (1 - alpha) q^g log(1 - q) with q = sigmoid(z).
    /// (Lin et al. 2017, "Focal loss for dense object detection".)
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">y [N x K], each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="gamma">g, finite and at least 0; 0 is plain cross-entropy.</param>
    /// <param name="alpha">The factor of positives, in [0, 1]; negatives get 1 - alpha. Null for 1 and 1.</param>
    /// <param name="cellWeights">A weight for each cell [N x K], or for each output [K]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the cells' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each cell [N x K]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no cells, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SigmoidFocal<T>(
        ReadOnlySpan<T> logits,
        Target<T> target,
        double gamma = 2,
        double? alpha = null,
        ReadOnlySpan<double> cellWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfNegativeOrNotFinite(gamma, nameof(gamma));
        if (alpha is { } factor)
            Throw.IfNotInUnitInterval(factor, nameof(alpha));
        return BatchLoss.OfCells(
            new SigmoidFocalKernel(gamma, alpha),
            logits,
            target,
            new BatchOutput<T>(cellWeights, reduction, gradient, losses));
    }
}

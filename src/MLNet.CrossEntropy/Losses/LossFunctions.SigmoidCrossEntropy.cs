using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Sigmoid cross-entropy of logits, cell by cell: l = w (c s softplus(-z) + (1 - s) softplus(z)), which for c = 1 is
    /// w (max(z, 0) - z s + log1p(exp(-|z|))), with the smoothed target s = (1 - a) y + a/2;
    /// dl/dz = w ((1 - s) sigmoid(z) - c s sigmoid(-z)).
    /// The mean divides by the weights of the cells that have a label (PyTorch by the number of all cells).
    /// </summary>
    /// <param name="logits">z [N x K], row by row.</param>
    /// <param name="target">y [N x K], each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="positiveWeights">c: what a positive costs, for each output [K] or one for all; empty (left out) for 1. Not part of the
    /// weight that a mean is divided by.</param>
    /// <param name="cellWeights">A weight for each cell [N x K], or for each output [K]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the cells' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each cell [N x K]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no cells, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double SigmoidCrossEntropy<T>(
        ReadOnlySpan<T> logits,
        Target<T> target,
        double labelSmoothing = 0,
        ReadOnlySpan<double> positiveWeights = default,
        ReadOnlySpan<double> cellWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfNotRepeatedWhole(logits.Length, positiveWeights.Length, nameof(logits), nameof(positiveWeights));
        return BatchLoss.OfCells(
            new SigmoidCrossEntropyKernel(Smoothing(labelSmoothing), Weights(positiveWeights)),
            logits,
            target,
            new BatchOutput<T>(cellWeights, reduction, gradient, losses));
    }
}

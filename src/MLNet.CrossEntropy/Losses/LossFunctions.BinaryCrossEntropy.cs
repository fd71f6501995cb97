using System.Numerics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class LossFunctions
{
    /// <summary>
    /// Binary cross-entropy of probabilities, cell by cell, for models that give nothing better: l = -w (y log q + (1 - y) log(1 - q)).
    /// An impossible event costs +infinity unless a floor is given. From logits use <see cref="SigmoidCrossEntropy"/>, which needs none.
    /// </summary>
    /// <param name="probabilities">q [N x K], row by row, each in [0, 1].</param>
    /// <param name="target">y [N x K], each in [0, 1], or NaN for a cell without a label.</param>
    /// <param name="logFloor">The least that a logarithm may be; -100 is PyTorch's. With a finite floor the gradient is PyTorch's as well,
    /// (q - y) / max(q (1 - q), 1e-12), which ignores it.</param>
    /// <param name="cellWeights">A weight for each cell [N x K], or for each output [K]; empty (left out) for 1 each.</param>
    /// <param name="reduction">How the cells' losses become the answer.</param>
    /// <param name="gradient">Receives the gradient with respect to the probabilities [N x K]; empty (left out) for none.</param>
    /// <param name="losses">Receives w l for each cell [N x K]; empty (left out) for none, but needed with
    /// <see cref="Reduction.None"/>.</param>
    /// <returns>The reduced loss in nats; with <see cref="Reduction.None"/>, the sum of <paramref name="losses"/>. The mean of nothing
    /// (no cells, no labels, or a weight sum of 0) is NaN, and its gradient 0.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit, a label or target out of range, or a negative weight.</exception>
    public static double BinaryCrossEntropy<T>(
        ReadOnlySpan<T> probabilities,
        Target<T> target,
        double logFloor = double.NegativeInfinity,
        ReadOnlySpan<double> cellWeights = default,
        Reduction reduction = Reduction.Mean,
        Span<T> gradient = default,
        Span<T> losses = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfNotALogFloor(logFloor, nameof(logFloor));
        return BatchLoss.OfCells(
            new BinaryCrossEntropyKernel(logFloor),
            probabilities,
            target,
            new BatchOutput<T>(cellWeights, reduction, gradient, losses));
    }
}

using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Brier score (the squared error of probabilities) for one label out of K: l = w sum_k (q_k - p_k)^2 with q = softmax(z), between 0 and
/// 2 w, w being the weight of the true class. Its gradient vanishes where the row is confidently wrong, so it learns more slowly than
/// cross-entropy. (Brier 1950, "Verification of forecasts expressed in terms of probability".)
/// </summary>
/// <param name="classWeights">One finite weight of at least 0 for each class; null for 1 each.</param>
internal sealed class SoftmaxBrierLoss(IReadOnlyList<double>? classWeights = null) : LogitLoss
{
    private readonly double[] _classWeights = Throw.IfAnyNegativeOrNotFinite(classWeights, nameof(classWeights));

    /// <summary>One weight for each class; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "softmax Brier";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SoftmaxRow.LossAndGradient(new SoftmaxBrierKernel(_classWeights), logits, target, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SoftmaxRow.LossAndGradient(new SoftmaxBrierKernel(_classWeights), logits, target, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SoftmaxRow.TargetWeight(target, _classWeights);

    /// <inheritdoc/>
    internal override LogitLoss WithClassWeights(IReadOnlyList<double> weights) => new SoftmaxBrierLoss(weights);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => new SoftmaxCrossEntropyLoss(classWeights: _classWeights);
}

/// <summary>
/// Brier score of one softmax row: l = w sum_k d_k^2 with d_k = q_k - p_k, dl/dz_k = 2 w q_k (d_k - sum_j q_j d_j).
/// </summary>
internal readonly ref struct SoftmaxBrierKernel(ReadOnlySpan<double> classWeights) : ISoftmaxKernel
{
    private readonly ReadOnlySpan<double> _classWeights = classWeights;

    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var weight = SoftmaxRow.WeightOf(target, logits.Length, _classWeights);
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, gradient);
        var largest = terms.Difference(terms.ArgMax, 1, 1, target[terms.ArgMax]);
        var loss = new CompensatedSum();
        var mean = new CompensatedSum();
        // sum_j q_j (d_max - d_j) is d_max - mean without the digits that the difference would lose in a confident row.
        var largestAboveMean = new CompensatedSum();
        for (var k = 0; k < gradient.Length; k++)
        {
            var e = double.CreateTruncating(gradient[k]);
            double q = terms.Probability(e), d = terms.Difference(k, e, 1, target[k]);
            loss.Add(d * d);
            mean.Add(q * d);
            largestAboveMean.Add(q * (largest - d));
        }

        for (var k = 0; k < gradient.Length; k++)
        {
            var e = double.CreateTruncating(gradient[k]);
            var aboveMean = k == terms.ArgMax ? largestAboveMean.Value : terms.Difference(k, e, 1, target[k]) - mean.Value;
            gradient[k] = T.CreateTruncating(2 * weight * terms.Probability(e) * aboveMean);
        }

        return weight * loss.Value;
    }
}

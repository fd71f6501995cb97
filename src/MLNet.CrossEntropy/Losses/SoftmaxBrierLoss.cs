using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

/// <summary>
/// Brier score (the squared error of probabilities) for one label out of K: l = sum_k (q_k - p_k)^2 with q = softmax(z),
/// between 0 and 2. Its gradient vanishes where the row is confidently wrong, so it learns more slowly than cross-entropy.
/// (Brier 1950, "Verification of forecasts expressed in terms of probability".)
/// </summary>
public sealed class SoftmaxBrierLoss : LogitLoss
{
    /// <inheritdoc/>
    public override string Name => "softmax Brier";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SoftmaxRow.LossAndGradient(default(SoftmaxBrierKernel), logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SoftmaxRow.LossAndGradient(default(SoftmaxBrierKernel), logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SoftmaxRow.TargetWeight(target);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => new SoftmaxCrossEntropyLoss();
}

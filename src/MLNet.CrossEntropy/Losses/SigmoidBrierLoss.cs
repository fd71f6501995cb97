using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

/// <summary>
/// Brier score (the squared error of probabilities) for one yes-or-no output or K independent ones, summed over the outputs:
/// l = (q - y)^2 with q = sigmoid(z), between 0 and 1: half of what the two-class softmax form gives, the usual definition.
/// A NaN cell counts for nothing. (Brier 1950, "Verification of forecasts expressed in terms of probability".)
/// </summary>
public sealed class SigmoidBrierLoss : LogitLoss
{
    /// <inheritdoc/>
    public override string Name => "sigmoid Brier";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SigmoidRow.LossAndGradient(default(SigmoidBrierKernel), logits, target, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SigmoidRow.LossAndGradient(default(SigmoidBrierKernel), logits, target, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SigmoidRow.TargetWeight(target);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => new SigmoidCrossEntropyLoss();

    /// <inheritdoc/>
    internal override double Curvature => 0.25;

    /// <inheritdoc/>
    internal override void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits) =>
        IndependentPriorLogits(meanTargets, logits);
}

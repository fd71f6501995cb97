using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>
/// Focal loss for one yes-or-no output or K independent ones, summed over the outputs:
/// l = -y alpha (1 - q)^g log q - (1 - y) (1 - alpha) q^g log(1 - q) nats with q = sigmoid(z); without alpha both factors are 1.
/// A NaN cell counts for nothing. (Lin et al. 2017, "Focal loss for dense object detection".)
/// </summary>
public sealed class SigmoidFocalLoss : LogitLoss
{
    /// <summary>Creates the loss.</summary>
    /// <param name="gamma">g, finite and at least 0; 0 is plain cross-entropy, 2 the paper's choice.</param>
    /// <param name="alpha">The factor of positives, in [0, 1]; negatives get 1 - alpha. Null for 1 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">gamma or alpha is out of range.</exception>
    public SigmoidFocalLoss(double gamma = 2, double? alpha = null)
    {
        Gamma = Throw.IfNegativeOrNotFinite(gamma, nameof(gamma));
        Alpha = alpha is { } factor ? Throw.IfNotInUnitInterval(factor, nameof(alpha)) : null;
    }

    /// <summary>g.</summary>
    public double Gamma { get; }

    /// <summary>The factor of positives; null for 1 on both sides.</summary>
    public double? Alpha { get; }

    /// <inheritdoc/>
    public override string Name => "sigmoid focal";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SigmoidRow.LossAndGradient(new SigmoidFocalKernel(Gamma, Alpha), logits, target, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SigmoidRow.LossAndGradient(new SigmoidFocalKernel(Gamma, Alpha), logits, target, gradient);

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

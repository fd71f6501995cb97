namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Brier score (the squared error of probabilities) for one yes-or-no output or K independent ones, summed over the outputs:
/// l = (q - y)^2 with q = sigmoid(z), between 0 and 1: half of what the two-class softmax form gives, the usual definition.
/// A NaN cell counts for nothing. (Brier 1950, "Verification of forecasts expressed in terms of probability".)
/// </summary>
/// <param name="classWeights">The weights of a 0 and of a 1, for one output; null for 1 each.</param>
internal sealed class SigmoidBrierLoss(IReadOnlyList<double>? classWeights = null) : LogitLoss
{
    private readonly double[] _classWeights = SigmoidRow.CheckClassWeights(classWeights, nameof(classWeights));

    /// <summary>The weights of a 0 and of a 1; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "sigmoid Brier";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SigmoidRow.LossAndGradient(default(SigmoidBrierKernel), logits, target, _classWeights, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SigmoidRow.LossAndGradient(default(SigmoidBrierKernel), logits, target, _classWeights, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SigmoidRow.TargetWeight(target, _classWeights);

    /// <inheritdoc/>
    internal override LogitLoss WithClassWeights(IReadOnlyList<double> weights) => new SigmoidBrierLoss(weights);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => new SigmoidCrossEntropyLoss(classWeights: _classWeights);

    /// <inheritdoc/>
    internal override double Curvature => 0.25;

    /// <inheritdoc/>
    internal override void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits) =>
        IndependentPriorLogits(meanTargets, logits);
}

/// <summary>Brier score of one cell: l = (q - y)^2 and dl/dz = 2 (q - y) q (1 - q), with q = sigmoid(z).</summary>
internal readonly struct SigmoidBrierKernel : ISigmoidKernel
{
    public CellLoss At(int cell, double logit, double target)
    {
        var terms = new LogisticTerms(logit);
        var difference = (1 - target) * terms.Probability - target * terms.Complement;
        return new CellLoss(difference * difference, 2 * difference * terms.Probability * terms.Complement);
    }
}

using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>
/// Sigmoid cross-entropy, for one yes-or-no output or K independent ones (multi-label), summed over the outputs:
/// l = max(z, 0) - z y + log1p(exp(-|z|)) nats, dl/dz = sigmoid(z) - y. A positive weight c multiplies what a positive
/// costs: l = c y softplus(-z) + (1 - y) softplus(z). With label smoothing a the target becomes (1 - a) y + a/2.
/// A hard label on one output is its 0 or 1; on several it is the only output that is on. A NaN cell counts for nothing.
/// </summary>
public sealed class SigmoidCrossEntropyLoss : LogitLoss
{
    private readonly double[] _positiveWeights;

    /// <summary>Creates the loss.</summary>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="positiveWeights">c: one finite weight of at least 0 for each output, or one for all; null for 1 each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing or a weight is out of range.</exception>
    public SigmoidCrossEntropyLoss(double labelSmoothing = 0, IReadOnlyList<double>? positiveWeights = null)
    {
        LabelSmoothing = Throw.IfNotInUnitInterval(labelSmoothing, nameof(labelSmoothing));
        _positiveWeights = Throw.IfAnyNegativeOrNotFinite(positiveWeights, nameof(positiveWeights));
    }

    /// <summary>a, in [0, 1]; 0 for none.</summary>
    public double LabelSmoothing { get; }

    /// <summary>c: one weight for each output, or one for all; empty for 1 each.</summary>
    public IReadOnlyList<double> PositiveWeights => _positiveWeights;

    /// <inheritdoc/>
    public override string Name => "sigmoid cross-entropy";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SigmoidRow.LossAndGradient(KernelFor(logits.Length), logits, target, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SigmoidRow.LossAndGradient(KernelFor(logits.Length), logits, target, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SigmoidRow.TargetWeight(target);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => LabelSmoothing == 0 ? this : new SigmoidCrossEntropyLoss(positiveWeights: _positiveWeights);

    /// <inheritdoc/>
    internal override double Curvature => 0.25 * Math.Max(1, _positiveWeights.DefaultIfEmpty(1).Max());

    /// <inheritdoc/>
    internal override bool HasCurvature => true;

    /// <summary><c>(1 - s + c s) sigmoid(z) sigmoid(-z)</c> in each cell that has a label, s being the smoothed target.</summary>
    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms)
    {
        for (var k = 0; k < logits.Length; k++)
        {
            var y = SigmoidRow.Cell(target, k, logits.Length);
            float decay = MathF.Exp(-Math.Abs(logits[k])), slope = decay / ((1 + decay) * (1 + decay));
            var smoothed = (1 - LabelSmoothing) * y + LabelSmoothing / 2;
            var weight = 1 - smoothed + smoothed * (_positiveWeights.Length == 0 ? 1 : _positiveWeights[k % _positiveWeights.Length]);
            terms[k] = double.IsNaN(y) ? 0 : (float)(weight * slope);
        }
    }

    /// <inheritdoc/>
    internal override bool HasIndependentOutputs => true;

    /// <summary>The outputs are independent.</summary>
    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction) => SpanMath.Multiply(terms, direction);

    /// <inheritdoc/>
    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal) => terms.CopyTo(diagonal);

    /// <inheritdoc/>
    internal override void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits) =>
        IndependentPriorLogits(meanTargets, logits);

    /// <inheritdoc/>
    internal override bool TryHardLabels(HardLabelRows rows)
    {
        if (!HasRows(rows.Outputs))
            return false;
        SigmoidCrossEntropyRows.Compute(rows, OnlyPositiveWeight);
        return true;
    }

    /// <inheritdoc/>
    internal override bool TryHardLabelTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, Span<float> terms)
    {
        if (!HasRows(logits.Length / labels.Length))
            return false;
        SigmoidCrossEntropyRows.ComputeTerms(labels, logits, OnlyPositiveWeight, terms);
        return true;
    }

    private float OnlyPositiveWeight => _positiveWeights.Length > 0 ? (float)_positiveWeights[0] : 1;

    /// <summary>Whether <see cref="SigmoidCrossEntropyRows"/> is this loss.</summary>
    private bool HasRows(int outputs) => LabelSmoothing == 0 && outputs == 1 && _positiveWeights.Length <= 1;

    private SigmoidCrossEntropyKernel KernelFor(int outputs)
    {
        if (_positiveWeights.Length > 1)
            Throw.IfLengthsDiffer(outputs, _positiveWeights.Length, "logits", "positiveWeights");
        return new(LabelSmoothing, _positiveWeights);
    }
}

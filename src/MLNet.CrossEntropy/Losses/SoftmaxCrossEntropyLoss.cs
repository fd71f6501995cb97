using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>
/// Softmax cross-entropy, for one label out of K: l = w (LSE(z) - sum_k p_k z_k) nats, dl/dz = w (softmax(z) - p).
/// The target p is a class or a distribution; with label smoothing a it becomes (1 - a) p + a/K (Szegedy et al. 2016,
/// "Rethinking the Inception architecture", section 7). w is the weight of the true class and multiplies the whole
/// smoothed loss; for a soft label it is the expected weight sum_k p_k w_k.
/// </summary>
public sealed class SoftmaxCrossEntropyLoss : LogitLoss
{
    private readonly double[] _classWeights;

    /// <summary>Creates the loss.</summary>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="classWeights">One finite weight of at least 0 for each class; null for 1 each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing or a weight is out of range.</exception>
    public SoftmaxCrossEntropyLoss(double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null)
    {
        LabelSmoothing = Throw.IfNotInUnitInterval(labelSmoothing, nameof(labelSmoothing));
        _classWeights = Throw.IfAnyNegativeOrNotFinite(classWeights, nameof(classWeights));
    }

    /// <summary>a, in [0, 1]; 0 for none.</summary>
    public double LabelSmoothing { get; }

    /// <summary>One weight for each class; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy";

    private SoftmaxCrossEntropyKernel Kernel => new(LabelSmoothing, _classWeights);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target)
    {
        // Without class weights every class that the logits may have weighs 1.
        var classes = !target.IsClass ? target.Vector.Length : _classWeights.Length > 0 ? _classWeights.Length : int.MaxValue;
        return SoftmaxRow.TargetWeight(Kernel, target.ClassIndex, target.Vector, classes);
    }

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => LabelSmoothing == 0 ? this : new SoftmaxCrossEntropyLoss(classWeights: _classWeights);

    /// <inheritdoc/>
    internal override bool TryHardLabels(HardLabelRows rows)
    {
        if (LabelSmoothing != 0 || rows.Outputs is < 2 or > SoftmaxCrossEntropyRows.MostClasses)
            return false;
        if (_classWeights.Length > 0)
            Throw.IfLengthsDiffer(rows.Outputs, _classWeights.Length, "logits", "classWeights");
        SoftmaxCrossEntropyRows.Compute(rows, _classWeights);
        return true;
    }

    /// <inheritdoc/>
    internal override bool HasCurvature => true;

    /// <summary><c>t = w q</c>, q being the softmax of z: the target, smoothed or not, has no part in it but its weight.</summary>
    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms)
    {
        StableMath.Softmax(logits, terms);
        SpanMath.Scale(terms, (float)TargetWeight(target));
    }

    /// <summary><c>w (q * v - q (q . v))</c>, which is <c>t * (v - t . v / w)</c> with <c>w = sum_k t_k</c>.</summary>
    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction)
    {
        double sum = 0, mean = 0;
        for (var k = 0; k < terms.Length; k++)
        {
            sum += terms[k];
            mean += (double)terms[k] * direction[k];
        }

        var centre = sum > 0 ? (float)(mean / sum) : 0;
        for (var k = 0; k < terms.Length; k++)
            direction[k] = terms[k] * (direction[k] - centre);
    }

    /// <summary><c>w q_k (1 - q_k)</c>.</summary>
    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal)
    {
        var sum = (float)SpanMath.Sum(terms);
        for (var k = 0; k < terms.Length; k++)
            diagonal[k] = sum > 0 ? terms[k] * (1 - terms[k] / sum) : 0;
    }
}

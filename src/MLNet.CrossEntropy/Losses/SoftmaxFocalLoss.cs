using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>
/// Focal loss for one label out of K: l = -sum_k p_k alpha_k (1 - q_k)^g log q_k nats with q = softmax(z); for a hard label
/// only its own term. Rows that are already right weigh less. (Lin et al. 2017, "Focal loss for dense object detection".)
/// </summary>
public sealed class SoftmaxFocalLoss : LogitLoss
{
    private readonly double[] _alpha;

    /// <summary>Creates the loss.</summary>
    /// <param name="gamma">g, finite and at least 0; 0 is plain cross-entropy, 2 the paper's choice.</param>
    /// <param name="alpha">One finite factor of at least 0 for each class; null for 1 each.</param>
    /// <exception cref="ArgumentOutOfRangeException">gamma or a factor is out of range.</exception>
    public SoftmaxFocalLoss(double gamma = 2, IReadOnlyList<double>? alpha = null)
    {
        Gamma = Throw.IfNegativeOrNotFinite(gamma, nameof(gamma));
        _alpha = Throw.IfAnyNegativeOrNotFinite(alpha, nameof(alpha));
    }

    /// <summary>g.</summary>
    public double Gamma { get; }

    /// <summary>One factor for each class; empty for 1 each.</summary>
    public IReadOnlyList<double> Alpha => _alpha;

    /// <inheritdoc/>
    public override string Name => "softmax focal";

    private SoftmaxFocalKernel Kernel => new(Gamma, _alpha);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target.ClassIndex, target.Vector, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SoftmaxRow.TargetWeight(target);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => new SoftmaxCrossEntropyLoss();
}

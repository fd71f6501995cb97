using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

// The loss, and what a trainer does with its labels.
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>The loss that is minimised.</summary>
    public TrainingLoss Loss { get; set; }

    /// <summary>
    /// Whether what class weights and positive weights have done to the model's probabilities is undone after the fit: a class of weight
    /// c is predicted as if it were c times as frequent, so <c>log c</c> is taken from its bias. The ranking of rows by one class stays as
    /// the weights made it.
    /// </summary>
    /// <remarks>
    /// Exact for cross-entropy without label smoothing, where the model is right; the report's loss and certificate are those of the fit,
    /// before the correction.
    /// </remarks>
    public bool PriorCorrection { get; set; }

    internal LogitLoss SoftmaxLoss() => Loss switch
    {
        TrainingLoss.Brier => new SoftmaxBrierLoss(),
        _ => new SoftmaxCrossEntropyLoss(LabelSmoothing),
    };

    internal LogitLoss SigmoidLoss(IReadOnlyList<double>? positiveWeights) => Loss switch
    {
        TrainingLoss.Brier => new SigmoidBrierLoss(),
        _ => new SigmoidCrossEntropyLoss(LabelSmoothing, positiveWeights),
    };

    /// <summary>The checks of the options about labels, to which trainers add their own.</summary>
    private protected virtual IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
    [
        (Enum.IsDefined(Loss), nameof(Loss), Loss, $"one of {string.Join(", ", Enum.GetNames<TrainingLoss>())}"),
        (LabelSmoothing == 0 || Loss == TrainingLoss.CrossEntropy, nameof(LabelSmoothing), LabelSmoothing, "0 when the Loss is not CrossEntropy"),
    ];

    /// <summary>Makes a copy's lists its own, so that the caller may change theirs.</summary>
    private protected virtual void CopyTargets()
    {
    }
}

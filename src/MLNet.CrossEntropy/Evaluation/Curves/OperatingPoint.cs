using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// What a threshold does: rows with a forecast of at least it are predicted positive. A point of every curve at once: ROC is
/// <see cref="Recall"/> by <see cref="FalsePositiveRate"/>, precision-recall <see cref="Precision"/> by <see cref="Recall"/>, gain
/// <see cref="Recall"/> and lift <see cref="Lift"/> by <see cref="PredictedShare"/>. A share of nothing is NaN.
/// </summary>
public readonly record struct OperatingPoint
{
    internal OperatingPoint(double threshold, double logit, double truePositives, double falsePositives, double positives, double negatives)
    {
        (Threshold, Logit, TruePositives, FalsePositives) = (threshold, logit, truePositives, falsePositives);
        (Positives, Negatives) = (positives, negatives);
    }

    /// <summary>
    /// The threshold of the probability, half-way (of the logit) between the lowest forecast that is predicted positive and the next one
    /// below it; positive infinity predicts no row positive, 0 every row.
    /// </summary>
    public double Threshold { get; }

    /// <summary>
    /// The logit of <see cref="Threshold"/>, <c>ln(t / (1 - t))</c>, with more digits near 1: for the Score column of a binary model
    /// (<c>ChangeModelThreshold</c>).
    /// </summary>
    public double Logit { get; }

    /// <summary>The weight of the positive rows that are predicted positive.</summary>
    public double TruePositives { get; }

    /// <summary>The weight of the negative rows that are predicted positive.</summary>
    public double FalsePositives { get; }

    /// <summary>The weight of all positive rows.</summary>
    public double Positives { get; }

    /// <summary>The weight of all negative rows.</summary>
    public double Negatives { get; }

    /// <summary>The share of the positive rows that is found, the true positive rate.</summary>
    public double Recall => TruePositives / Positives;

    /// <summary>The share of the negative rows that is predicted positive.</summary>
    public double FalsePositiveRate => FalsePositives / Negatives;

    /// <summary>The share of positive rows among those predicted positive; NaN where none is.</summary>
    public double Precision => TruePositives / (TruePositives + FalsePositives);

    /// <summary>The share of all rows that is predicted positive.</summary>
    public double PredictedShare => (TruePositives + FalsePositives) / (Positives + Negatives);

    /// <summary><see cref="Precision"/> over the share of positive rows: how many times better than picking rows blindly.</summary>
    public double Lift => Precision * (Positives + Negatives) / Positives;

    /// <summary>The mean cost of a row.</summary>
    /// <param name="falsePositive">What a negative row that is predicted positive costs.</param>
    /// <param name="falseNegative">What a positive row that is not predicted positive costs.</param>
    public double Cost(double falsePositive, double falseNegative) =>
        (falsePositive * FalsePositives + falseNegative * (Positives - TruePositives)) / (Positives + Negatives);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(OperatingPoint), PrintMembers);
}

/// <summary>A threshold chosen on rows for what it does on them, and how sure that choice is.</summary>
public sealed record ChosenThreshold
{
    internal ChosenThreshold() { }

    /// <summary>The threshold, and what it does on the rows it was chosen on: better than it will do on others.</summary>
    public OperatingPoint Point { get; internal init; }

    /// <summary>
    /// The bootstrap's percentile interval of the threshold; its upper bound is infinite where too many resamples have no threshold that
    /// reaches the target.
    /// </summary>
    public ConfidenceInterval ThresholdInterval { get; internal init; }

    /// <summary>
    /// What precision to expect on other rows of this kind: that on these rows, less by how much the threshold a resample chooses does
    /// better there than on these rows, in the middle of the resamples that reach the target; at least as wide as the exact interval of
    /// the share (Clopper and Pearson).
    /// </summary>
    public ConfidenceInterval PrecisionInterval { get; internal init; }

    /// <summary>What recall to expect on other rows of this kind, in the same way.</summary>
    public ConfidenceInterval RecallInterval { get; internal init; }

    /// <summary>What mean cost of a row to expect on others of this kind, in the same way; NaN unless costs were given.</summary>
    public ConfidenceInterval CostInterval { get; internal init; }

    /// <summary>The number of resamples.</summary>
    public int Resamples { get; internal init; }

    /// <summary>The share of resamples in which no threshold reaches the target.</summary>
    public double UnreachedShare { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(ChosenThreshold), PrintMembers);
}

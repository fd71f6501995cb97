using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>The rows of one segment: its size, its log-loss, its calibration, and whether it differs from all other rows.</summary>
public sealed record SegmentMetrics
{
    internal SegmentMetrics() { }

    /// <summary>The value of the column, or in brackets which rows these are.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Whether these are the rows without a value, or with a key that the column does not know.</summary>
    public bool IsMissing { get; internal init; }

    /// <summary>Whether these are the rows of all values that are not told apart.</summary>
    public bool IsLumped { get; internal init; }

    /// <summary>The number of rows.</summary>
    public long Rows { get; internal init; }

    /// <summary>
    /// Their share of the weight of all rows; of a multi-label model a row weighs as much as the share of labels that it answers.
    /// </summary>
    public double Share { get; internal init; }

    /// <summary>The interval of the share (Clopper and Pearson, by the effective number of rows).</summary>
    public ConfidenceInterval ShareInterval { get; internal init; }

    /// <summary>Their log-loss in nats, without a floor.</summary>
    public double LogLoss { get; internal init; }

    /// <summary>The same with every probability raised to the floor.</summary>
    public double ClippedLogLoss { get; internal init; }

    /// <summary>Student's t interval of the clipped log-loss; NaN below two effective rows.</summary>
    public ConfidenceInterval LogLossInterval { get; internal init; }

    /// <summary>
    /// The reliability of the positive class's probability, of a multiclass model the top label's, of a multi-label model that of every
    /// answer taken as a row, in bins of equal width; the interval of its ECE is <see cref="ReliabilityDiagram.ErrorInterval"/>.
    /// </summary>
    public ReliabilityDiagram Reliability { get; internal init; } = new([], double.NaN, double.NaN);

    /// <summary>The clipped log-loss less that of all other rows; NaN where there are none.</summary>
    public double Difference { get; internal init; }

    /// <summary>
    /// The interval of the difference (Welch 1947); the segment's losses are taken to vary no less than those of all rows do.
    /// </summary>
    public ConfidenceInterval DifferenceInterval { get; internal init; }

    /// <summary>Welch's two-sided p-value of the difference; NaN where it has no standard error.</summary>
    public double PValue { get; internal init; }

    /// <summary>The p-value raised for the number of segments looked at (Holm 1979).</summary>
    public double AdjustedPValue { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(SegmentMetrics), PrintMembers);
}

using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>
/// What the evaluation of a multi-label model found: each label over the rows that answer it, and totals over all answers. A metric that is
/// undefined is NaN and <see cref="LogLossMetrics.Warnings"/>, or those of its label, say why.
/// </summary>
public sealed class MultiLabelCrossEntropyMetrics : LogLossMetrics
{
    internal MultiLabelCrossEntropyMetrics(
        MetricAccumulators[] ofLabel,
        MultiLabelAccumulator ofRows,
        IReadOnlyList<string> names,
        MultiLabelEvaluationOptions options,
        string scoresUsed)
        : base(ofRows.LogLoss, ofRows.Rows, ofRows.Segments, options, scoresUsed)
    {
        HammingLoss = ofRows.HammingLoss;
        SubsetAccuracy = ofRows.SubsetAccuracy;
        LabelNames = names;
        Labels = [.. ofLabel.Select(sums => new BinaryCrossEntropyMetrics(sums, ["0", "1"], options, scoresUsed))];
        (Micro, Macro) = Average(Labels);
        Warnings = [.. EvaluationWarnings.Of(this)];
    }

    /// <summary>The weighted share of answers (row and label) that are wrong, a probability above 1/2 being a yes.</summary>
    public double HammingLoss { get; }

    /// <summary>The weighted share of rows with every answer right that they have.</summary>
    public double SubsetAccuracy { get; }

    /// <summary>Precision, recall and F1 of the yes answers of all labels taken together.</summary>
    public PrecisionRecall Micro { get; }

    /// <summary>Their means over labels, a share of nothing taken as 0; labels that are never yes nor predicted so are left out.</summary>
    public PrecisionRecall Macro { get; }

    /// <summary>The labels' names in the order of the scores.</summary>
    public IReadOnlyList<string> LabelNames { get; }

    /// <summary>Each label evaluated as a binary model of its own.</summary>
    public IReadOnlyList<BinaryCrossEntropyMetrics> Labels { get; }

    /// <summary>Whether a label neither is a yes nor is predicted so in any row.</summary>
    internal static bool IsNeverYes(BinaryCrossEntropyMetrics label) =>
        label.ConfusionMatrix is { } cells && cells.Rows(0, 1) + cells.Rows(1, 0) + cells.Rows(1, 1) == 0;

    private static (PrecisionRecall Micro, PrecisionRecall Macro) Average(IReadOnlyList<BinaryCrossEntropyMetrics> labels)
    {
        double truePositives = 0, predicted = 0, actual = 0;
        foreach (var confusion in labels.Select(l => l.ConfusionMatrix!))
        {
            truePositives += confusion.Weight(1, 1);
            predicted += confusion.Weight(0, 1) + confusion.Weight(1, 1);
            actual += confusion.Weight(1, 0) + confusion.Weight(1, 1);
        }
        PrecisionRecall[] each = [.. labels.Where(l => !IsNeverYes(l)).Select(l => l.Classes[1].PrecisionRecall)];
        return (
            PrecisionRecall.Of(truePositives, predicted, actual),
            new(Mean(each.Select(p => p.Precision)), Mean(each.Select(p => p.Recall)), Mean(each.Select(p => p.F1))));

        static double Mean(IEnumerable<double> values) =>
            values.Select(value => double.IsNaN(value) ? 0 : value).DefaultIfEmpty(double.NaN).Average();
    }
}

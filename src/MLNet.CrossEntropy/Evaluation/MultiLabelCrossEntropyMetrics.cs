using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>
/// What the evaluation of a multi-label model found: each label over the rows that answer it, and totals over all answers. Losses are in
/// nats unless a name ends in Bits; a metric that is undefined is NaN and <see cref="Warnings"/>, or those of its label, say why.
/// </summary>
public sealed class MultiLabelCrossEntropyMetrics
{
    internal MultiLabelCrossEntropyMetrics(
        MetricAccumulators[] ofLabel,
        MultiLabelAccumulator ofRows,
        IReadOnlyList<string> names,
        MultiLabelEvaluationOptions options,
        string scoresUsed)
    {
        ref readonly var logLoss = ref ofRows.LogLoss;
        Rows = ofRows.Rows.ToCounts(logLoss);
        ScoresUsed = scoresUsed;
        LogLoss = logLoss.LogLoss;
        ClippedLogLoss = logLoss.ClippedLogLoss;
        (ProbabilityFloor, ClippedLossShare) = (options.ProbabilityFloor, logLoss.ClippedShare);
        LogLossStandardError = logLoss.StandardError;
        LogLossInterval = ConfidenceInterval.Normal(ClippedLogLoss, LogLossStandardError, options.ConfidenceLevel);
        HammingLoss = ofRows.HammingLoss;
        SubsetAccuracy = ofRows.SubsetAccuracy;
        LabelNames = names;
        Labels = [.. ofLabel.Select(sums => new BinaryCrossEntropyMetrics(sums, ["0", "1"], options, scoresUsed))];
        (Micro, Macro) = Average(Labels);
        Warnings = [.. EvaluationWarnings.Of(this)];
    }

    /// <summary>
    /// Where every row went: used is one with an answer that could be evaluated, missing one without any answer. Each label counts its own
    /// answers, the missing ones (NaN) and those outside 0 to 1, in its <see cref="CrossEntropyMetrics.Rows"/>.
    /// </summary>
    public RowCounts Rows { get; }

    /// <summary>What the losses were computed from.</summary>
    public string ScoresUsed { get; }

    /// <summary>
    /// The mean over all answers of the binary log-loss, <c>-y ln q - (1 - y) ln(1 - q)</c>, each with the weight of its row; without a
    /// floor, as <see cref="CrossEntropyMetrics.LogLoss"/> is.
    /// </summary>
    public double LogLoss { get; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Math.Log(2);

    /// <summary>The log-loss with a floor under the probabilities of both answers.</summary>
    public double ClippedLogLoss { get; }

    internal double ProbabilityFloor { get; }

    internal double ClippedLossShare { get; }

    /// <summary>
    /// The standard error of <see cref="ClippedLogLoss"/>, from the rows' means over their answers: those of one row need not be
    /// independent.
    /// </summary>
    public double LogLossStandardError { get; }

    /// <summary>The normal confidence interval of <see cref="ClippedLogLoss"/>.</summary>
    public ConfidenceInterval LogLossInterval { get; }

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

    /// <summary>What a reader of the figures must know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The metrics as a table for people.</summary>
    public override string ToString() => MetricsTables.Text(this);

    /// <inheritdoc cref="CrossEntropyMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The figures and the labels as Markdown tables.</summary>
    public string ToMarkdown() => MetricsTables.Markdown(this);

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

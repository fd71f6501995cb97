using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>
/// What the evaluations of multiclass, binary and multi-label models have in common. Losses are in nats unless a name ends in Bits; a
/// metric that is undefined is NaN and <see cref="Warnings"/> says why.
/// </summary>
public abstract class LogLossMetrics
{
    private protected static readonly double Ln2 = Math.Log(2);

    private protected LogLossMetrics(
        in LogLossSums logLoss, RowCounter rows, SegmentAccumulator? segments, EvaluationOptions options, string scoresUsed)
    {
        ScoresUsed = scoresUsed;
        Rows = rows.ToCounts(logLoss);
        LogLoss = logLoss.LogLoss;
        ProbabilityFloor = options.ProbabilityFloor;
        ClippedLogLoss = logLoss.ClippedLogLoss;
        ClippedLossShare = logLoss.ClippedShare;
        LogLossStandardError = logLoss.StandardError;
        LogLossInterval = ConfidenceInterval.Normal(ClippedLogLoss, LogLossStandardError, options.ConfidenceLevel);
        Segments = segments?.ToMetrics(options.ConfidenceLevel);
    }

    /// <summary>What the losses were computed from: probabilities, logits, and how that was found out.</summary>
    public string ScoresUsed { get; }

    /// <summary>
    /// Where every row went. Of a multi-label model used is one with an answer that could be evaluated, missing one without any; each
    /// label counts its own answers, the missing ones (NaN) and those outside 0 to 1.
    /// </summary>
    public RowCounts Rows { get; }

    /// <summary>
    /// <c>sum_i w_i (-ln q_i) / sum_i w_i</c>, q_i the probability given to row i's true class, for soft labels p
    /// <c>-sum_k p_ik ln q_ik</c>; of a multi-label model the mean over all answers, each with the weight of its row, of the binary
    /// log-loss <c>-y ln q - (1 - y) ln(1 - q)</c>. No floor, so infinite where a logit gives a true class probability 0; a probability
    /// that single precision rounded to 0 counts as the smallest that it can be, and the log-loss is at least this (<see
    /// cref="RowCounts.RoundedToZero"/>). NaN without rows.
    /// </summary>
    public double LogLoss { get; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Ln2;

    /// <summary>The floor of <see cref="ClippedLogLoss"/>.</summary>
    public double ProbabilityFloor { get; }

    /// <summary>
    /// The log-loss with every probability below <see cref="ProbabilityFloor"/> raised to it. Logits need no floor: of
    /// them only a minus infinity is clipped.
    /// </summary>
    public double ClippedLogLoss { get; }

    /// <summary><see cref="ClippedLogLoss"/> in bits.</summary>
    public double ClippedLogLossBits => ClippedLogLoss / Ln2;

    /// <summary>
    /// The share of the clipped log-loss that the clipped rows carry (<see cref="RowCounts.Clipped"/>), 0 to 1: near 1, the figure says
    /// more about the floor than about the model.
    /// </summary>
    public double ClippedLossShare { get; }

    /// <summary>
    /// The standard error of <see cref="ClippedLogLoss"/> (and of <see cref="LogLoss"/>, when nothing was clipped); of a multi-label model
    /// from the rows' means over their answers, since those of one row need not be independent. NaN below two effective rows.
    /// </summary>
    public double LogLossStandardError { get; internal set; }

    /// <summary>The normal confidence interval of <see cref="ClippedLogLoss"/>.</summary>
    public ConfidenceInterval LogLossInterval { get; internal set; }

    /// <summary>
    /// The rows of each value of <see cref="EvaluationOptions.SegmentColumnName"/> by themselves: first the segments that differ most
    /// surely from all other rows. Null where no such column is named.
    /// </summary>
    public IReadOnlyList<SegmentMetrics>? Segments { get; }

    /// <summary>What a reader of the figures must know: rows left out, classes absent, metrics undefined.</summary>
    public IReadOnlyList<string> Warnings { get; private protected init; } = [];

    /// <summary>
    /// The metrics as JSON: every public property by its name in camelCase (<c>logLoss</c>, <c>rows.used</c>,
    /// <c>classes[0].logLoss</c>), the confusion matrix with its cells as <c>rows</c> and <c>weights</c> (true classes down, predicted ones
    /// across). Numbers carry all their digits, so that reading them gives the same bits; "NaN", "Infinity" and "-Infinity" are
    /// strings. A number that is not computed is null.
    /// </summary>
    /// <param name="indented">Whether to lay it out for people, a value a line.</param>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>
    /// The figures and the classes or labels as Markdown tables, a confusion matrix of up to 12 classes, the segments where there are any.
    /// </summary>
    public string ToMarkdown() => MetricsTables.Markdown(this);

    /// <summary>The metrics as a table for people.</summary>
    public sealed override string ToString() => MetricsTables.Text(this);
}

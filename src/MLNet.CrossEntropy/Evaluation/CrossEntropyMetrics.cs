using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>
/// What an evaluation found. Losses are in nats unless a name ends in Bits; a metric that is undefined is NaN and
/// <see cref="Warnings"/> says why.
/// </summary>
public abstract class CrossEntropyMetrics
{
    private static readonly double Ln2 = Math.Log(2);

    private protected CrossEntropyMetrics(MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
    {
        ref readonly var total = ref sums.LogLoss.Total;
        ScoresUsed = scoresUsed;
        Rows = sums.Rows.ToCounts(total.ClippedRows);
        WeightSum = total.Weight;
        EffectiveRows = total.EffectiveRows;
        LogLoss = total.LogLoss;
        ProbabilityFloor = options.ProbabilityFloor;
        ClippedLogLoss = total.ClippedLogLoss;
        ClippedLossShare = total.ClippedShare;
        LogLossStandardError = total.StandardError;
        LogLossInterval = ConfidenceInterval.Normal(ClippedLogLoss, LogLossStandardError, options.ConfidenceLevel);
        IrreducibleLogLoss = sums.SoftLabels.WeightedEntropy / total.Weight;
        Accuracy = sums.Accuracy.Accuracy;

        var shares = sums.LogLoss.ClassShares();
        LabelEntropy = ReferencePrior.Entropy(shares);
        ReferenceName = options.Prior.Name;
        ReferenceLogLoss = options.Prior.LogLoss(names, shares);
        HasExactDistributions = sums.IsExact;
        ConfusionMatrix = sums.Confusion?.ToMatrix(names);
        Classes = ClassMetrics.All(sums, names, ConfusionMatrix, options);
        RowLosses = new(sums.RowLosses, names);
        Warnings = [.. EvaluationWarnings.Of(this)];
    }

    /// <summary>What the losses were computed from: probabilities, logits, and how that was found out.</summary>
    public string ScoresUsed { get; }

    /// <summary>Where every row went.</summary>
    public RowCounts Rows { get; }

    /// <summary>The sum of the weights behind <see cref="LogLoss"/>.</summary>
    public double WeightSum { get; }

    /// <summary>The effective number of rows, <c>(sum w)^2 / sum w^2</c>.</summary>
    public double EffectiveRows { get; }

    /// <summary>
    /// <c>sum_i w_i (-ln q_i) / sum_i w_i</c>, q_i the probability given to row i's true class, for soft labels p
    /// <c>-sum_k p_ik ln q_ik</c>. No floor, so infinite where a true class was given probability 0. NaN without rows.
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

    /// <summary>The share of the clipped log-loss that the clipped rows carry, 0 to 1: near 1, the figure says more about the floor than about the model.</summary>
    public double ClippedLossShare { get; }

    /// <summary>The standard error of <see cref="ClippedLogLoss"/> (and of <see cref="LogLoss"/>, when nothing was clipped); NaN below two effective rows.</summary>
    public double LogLossStandardError { get; }

    /// <summary>The normal confidence interval of <see cref="ClippedLogLoss"/>.</summary>
    public ConfidenceInterval LogLossInterval { get; }

    /// <summary>The mean entropy H(p) of the labels themselves, the part of the log-loss that no model can remove; 0 with hard labels.</summary>
    public double IrreducibleLogLoss { get; }

    /// <summary><see cref="LogLoss"/> less <see cref="IrreducibleLogLoss"/>: the mean of KL(label || forecast).</summary>
    public double KullbackLeibler => LogLoss - IrreducibleLogLoss;

    /// <summary><c>exp(LogLoss)</c>: the number of equally likely classes that would be as hard to guess.</summary>
    public double Perplexity => Math.Exp(LogLoss);

    /// <summary>The weighted share of rows whose most probable class is the true one (of equals the lowest slot); a soft label counts by its share of that class.</summary>
    public double Accuracy { get; }

    /// <summary>The entropy of the labels' class shares, H(label): the log-loss of a forecaster that knows nothing else.</summary>
    public double LabelEntropy { get; }

    /// <summary><see cref="LabelEntropy"/> in bits.</summary>
    public double LabelEntropyBits => LabelEntropy / Ln2;

    /// <summary>What <see cref="LogLossReduction"/> is measured against.</summary>
    public string ReferenceName { get; }

    /// <summary>The log-loss of that reference on the same rows.</summary>
    public double ReferenceLogLoss { get; }

    /// <summary>
    /// <c>(reference - LogLoss) / reference</c>: 1 is perfect, 0 no better than the reference, negative worse. NaN
    /// where the reference log-loss is 0.
    /// </summary>
    public double LogLossReduction => ReferenceLogLoss == 0 ? double.NaN : (ReferenceLogLoss - LogLoss) / ReferenceLogLoss;

    /// <summary>True against predicted classes with accuracy, precision, recall, F1, MCC and kappa; null above 1000 classes.</summary>
    public ClassConfusionMatrix? ConfusionMatrix { get; }

    /// <summary>
    /// Whether ROC-AUC, average precision, reliability by class or of equal mass, and decompositions come from every row as it is. False where there are too many
    /// rows for that: forecasts are then told apart to 2^-8 of their distance from 0 or 1. Null when they are not computed.
    /// </summary>
    public bool? HasExactDistributions { get; }

    /// <summary>Each class in the order of the scores.</summary>
    public IReadOnlyList<ClassMetrics> Classes { get; }

    /// <summary>How the loss is spread over the rows, and the worst of them.</summary>
    public RowLosses RowLosses { get; }

    /// <summary>What a reader of the figures must know: rows left out, classes absent, metrics undefined.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The metrics as a table for people.</summary>
    public override string ToString() => MetricsTables.Text(this);

    /// <summary>
    /// The metrics as JSON: every public property by its name in camelCase (<c>logLoss</c>, <c>rows.used</c>,
    /// <c>classes[0].logLoss</c>), the confusion matrix with its cells as <c>rows</c> and <c>weights</c> (true classes down, predicted ones
    /// across). Numbers carry all their digits, so that reading them gives the same bits; "NaN", "Infinity" and "-Infinity" are
    /// strings. A number that is not computed is null.
    /// </summary>
    /// <param name="indented">Whether to lay it out for people, a value a line.</param>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The figures, the classes and a confusion matrix of up to 12 classes as Markdown tables.</summary>
    public string ToMarkdown() => MetricsTables.Markdown(this);
}

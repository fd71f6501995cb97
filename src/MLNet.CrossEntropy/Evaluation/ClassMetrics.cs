using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>How a model does on the rows of one class.</summary>
public sealed record ClassMetrics
{
    // Fewer forecasts than this, over all classes, are not worth a thread.
    private const int ManyForecasts = 1 << 17;

    private ClassMetrics(
        MetricAccumulators sums, string name, int k, ClassConfusionMatrix? confusion, EvaluationOptions options, List<ScoreGroup> groups)
    {
        ref readonly var logLoss = ref sums.LogLoss.OfClass[k];
        Name = name;
        Support = logLoss.Rows;
        WeightedSupport = logLoss.Weight;
        LogLoss = logLoss.LogLoss;
        ClippedLogLoss = logLoss.ClippedLogLoss;
        LogLossStandardError = logLoss.StandardError;
        IrreducibleLogLoss = sums.SoftLabels.WeightedEntropyOf(k) / logLoss.Weight;
        PrecisionRecall = confusion?.OfClass(k) ?? PrecisionRecall.Undefined;
        (RocAuc, AveragePrecision) = (double.NaN, double.NaN);
        if (!sums.TryCopyGroups(k, groups))
            return;
        Curves = sums.CurvesOf(k, name, options);
        Reliability = ReliabilityAccumulator.Of(groups, options.ReliabilityBins);
        if (groups.Count == 0)
            return;
        var split = IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), sums.Floor.Largest);
        (RocAuc, AveragePrecision) = (RankingMetrics.RocAuc(groups), RankingMetrics.AveragePrecision(groups));
        (BrierDecomposition, LogLossPart, LogLossDecomposition) = (split.Brier, split.ClassLogLoss, split.LogLoss);
    }

    /// <summary>The class's name, or its slot number where neither scores nor labels are named.</summary>
    public string Name { get; }

    /// <summary>The number of used rows of this class.</summary>
    public long Support { get; }

    /// <summary>The weight of those rows.</summary>
    public double WeightedSupport { get; }

    /// <summary>Mean -ln of the class's probability over its own rows, in nats, unclipped; NaN where the class does not occur.</summary>
    public double LogLoss { get; }

    /// <summary>The same with every probability raised to the floor.</summary>
    public double ClippedLogLoss { get; }

    /// <summary>The standard error of <see cref="ClippedLogLoss"/>; NaN below two effective rows.</summary>
    public double LogLossStandardError { get; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Math.Log(2);

    /// <summary>
    /// This class's part of the labels' own entropy, <c>sum_i w_i p_ik (-ln p_ik) / sum_i w_i p_ik</c>; 0 with hard labels.
    /// </summary>
    public double IrreducibleLogLoss { get; }

    /// <summary>
    /// <see cref="LogLoss"/> less <see cref="IrreducibleLogLoss"/>: the class's part of KL(label || forecast), which may be negative
    /// for one class.
    /// </summary>
    public double KullbackLeibler => LogLoss - IrreducibleLogLoss;

    /// <summary>Precision, recall and F1; NaN where there is nothing to take a share of.</summary>
    public PrecisionRecall PrecisionRecall { get; }

    /// <summary>The area under the ROC curve of this class against the rest; NaN unless both occur, or when not computed.</summary>
    public double RocAuc { get; }

    /// <summary>The average precision of this class against the rest; NaN where the class does not occur, or when not computed.</summary>
    public double AveragePrecision { get; }

    /// <summary>The reliability of this class's probability, in bins of equal width; null when not computed.</summary>
    public ReliabilityDiagram? Reliability { get; }

    /// <summary>
    /// ROC, precision-recall, lift, gain and cost curves of this class against the rest, and thresholds to act on; null when not computed.
    /// Not in JSON.
    /// </summary>
    [JsonIgnore]
    public ScoreCurves? Curves { get; }

    /// <summary>The split of <c>mean (q_k - y_k)^2</c>; null when not computed.</summary>
    public ScoreDecomposition? BrierDecomposition { get; }

    /// <summary>
    /// This class's part of <see cref="MulticlassCrossEntropyMetrics.LogLossDecomposition"/>: what its own rows add to the log-loss,
    /// <c>mean -y_k ln q_k</c>.
    /// Its miscalibration alone may be negative, that of all classes together may not. Null when not computed.
    /// </summary>
    public ScoreDecomposition? LogLossPart { get; }

    /// <summary>
    /// The split of the clipped log-loss of this class against the rest, <c>mean (-y ln q - (1 - y) ln(1 - q))</c>; null when not
    /// computed.
    /// </summary>
    public ScoreDecomposition? LogLossDecomposition { get; }

    /// <summary>The metrics of every class; where there is much to sort, on several threads.</summary>
    internal static ClassMetrics[] All(
        MetricAccumulators sums, IReadOnlyList<string> names, ClassConfusionMatrix? confusion, EvaluationOptions options)
    {
        var classes = new ClassMetrics[names.Count];
        var forecasts = (double)sums.LogLoss.Total.Rows * classes.Length;
        if (options.Threads > 1 && !sums.IsBinary && sums.IsExact == true && forecasts >= ManyForecasts)
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads };
            _ = Parallel.For(0, classes.Length, parallel, () => new List<ScoreGroup>(), (k, _, groups) => Of(k, groups), static _ => { });
        }
        else
        {
            List<ScoreGroup> groups = [];
            for (var k = 0; k < classes.Length; k++)
                _ = Of(k, groups);
        }
        return classes;

        List<ScoreGroup> Of(int k, List<ScoreGroup> groups)
        {
            classes[k] = new(sums, names[k], k, confusion, options, groups);
            return groups;
        }
    }
}

/// <summary>
/// A mean score split into <c>Score = Miscalibration - Discrimination + Uncertainty</c> (Dimitriadis, Gneiting and Jordan
/// 2021, "Stable reliability diagrams for probabilistic classifiers", the CORP approach). The forecasts are recalibrated
/// by isotonic regression of outcomes on forecasts (pool adjacent violators), the best that can be done without
/// changing their order; nothing depends on bins.
/// </summary>
public readonly record struct ScoreDecomposition
{
    internal ScoreDecomposition(double score, double miscalibration, double discrimination, double uncertainty) =>
        (Score, Miscalibration, Discrimination, Uncertainty) = (score, miscalibration, discrimination, uncertainty);

    /// <summary>The mean score of the forecasts.</summary>
    public double Score { get; }

    /// <summary>Score less that of the recalibrated forecasts, at least 0: what calibration alone would gain.</summary>
    public double Miscalibration { get; }

    /// <summary>Uncertainty less the score of the recalibrated forecasts, at least 0: what the ordering is worth.</summary>
    public double Discrimination { get; }

    /// <summary>The score of always forecasting the overall frequency.</summary>
    public double Uncertainty { get; }

    internal static ScoreDecomposition Of(double score, double recalibrated, double uncertainty) =>
        new(score, score - recalibrated, uncertainty - recalibrated, uncertainty);

    /// <summary>The sum of all parts; null where one is.</summary>
    internal static ScoreDecomposition? Sum(IEnumerable<ScoreDecomposition?> parts) => parts.Aggregate((a, b) => a is { } x && b is { } y
        ? new(x.Score + y.Score, x.Miscalibration + y.Miscalibration, x.Discrimination + y.Discrimination, x.Uncertainty + y.Uncertainty)
        : null);
}

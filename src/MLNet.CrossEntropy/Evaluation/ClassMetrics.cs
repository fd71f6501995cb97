using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>How a model does on the rows of one class.</summary>
public sealed record ClassMetrics
{
    private readonly Func<ForecastMetrics?> _forecasts;

    internal ClassMetrics(
        MetricAccumulators sums, string name, int k, ClassConfusionMatrix? confusion, EvaluationOptions options,
        Func<ForecastMetrics?> forecasts)
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
        Curves = sums.CurvesOf(k, name, options);
        _forecasts = forecasts;
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
    public double RocAuc => _forecasts()?.RocAuc ?? double.NaN;

    /// <summary>The average precision of this class against the rest; NaN where the class does not occur, or when not computed.</summary>
    public double AveragePrecision => _forecasts()?.AveragePrecision ?? double.NaN;

    /// <summary>The reliability of this class's probability, in bins of equal width; null when not computed.</summary>
    public ReliabilityDiagram? Reliability => _forecasts()?.Reliability;

    /// <summary>
    /// ROC, precision-recall, lift, gain and cost curves of this class against the rest, and thresholds to act on; null when not computed.
    /// Not in JSON.
    /// </summary>
    [JsonIgnore]
    public ScoreCurves? Curves { get; }

    /// <summary>The split of <c>mean (q_k - y_k)^2</c>; null when not computed.</summary>
    public ScoreDecomposition? BrierDecomposition => _forecasts()?.Split?.Brier;

    /// <summary>
    /// This class's part of <see cref="MulticlassCrossEntropyMetrics.LogLossDecomposition"/>: what its own rows add to the log-loss,
    /// <c>mean -y_k ln q_k</c>. Null when not computed.
    /// </summary>
    public ScoreDecomposition? LogLossPart => _forecasts()?.Split?.ClassLogLoss;

    /// <summary>
    /// The split of the clipped log-loss of this class against the rest, <c>mean (-y ln q - (1 - y) ln(1 - q))</c>; null when not
    /// computed.
    /// </summary>
    public ScoreDecomposition? LogLossDecomposition => _forecasts()?.Split?.LogLoss;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(ClassMetrics), PrintMembers);
}

using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;
using EqualMass = MLNet.CrossEntropy.Evaluation.EqualMassReliability;

namespace MLNet.CrossEntropy;

/// <summary>
/// What the evaluation of a multiclass or binary model found. What needs each forecast sorted (ROC-AUC, average precision, reliability,
/// decompositions) is computed when it is first read, and keeps the forecasts until then.
/// </summary>
public abstract class CrossEntropyMetrics : LogLossMetrics
{
    private readonly Lazy<ForecastMetrics[]?> _forecasts;

    private protected CrossEntropyMetrics(
        MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(sums.LogLoss.Total, sums.Rows, sums.Segments, options, scoresUsed)
    {
        sums.Counts.Finish();
        ref readonly var total = ref sums.LogLoss.Total;
        WeightSum = total.Weight;
        EffectiveRows = total.EffectiveRows;
        IrreducibleLogLoss = sums.SoftLabels.WeightedEntropy / total.Weight;
        Accuracy = sums.Accuracy.Accuracy;

        var shares = sums.LogLoss.ClassShares();
        LabelEntropy = ReferencePrior.Entropy(shares);
        ReferenceName = options.Prior.Name;
        ReferenceLogLoss = options.Prior.LogLoss(names, shares);
        HasExactDistributions = sums.IsExact;
        ConfusionMatrix = sums.Counts.Confusion?.ToMatrix(names);
        (var bins, var threads) = (options.ReliabilityBins, options.Threads);
        _forecasts = new(() => ForecastMetrics.OfClasses(sums, names.Count, bins, threads));
        Classes = [.. names.Select((name, k) => new ClassMetrics(sums, name, k, ConfusionMatrix, options, () => _forecasts.Value?[k]))];
        RowLosses = new(sums.Counts.RowLosses, names);
    }

    /// <summary>The sum of the weights behind <see cref="LogLossMetrics.LogLoss"/>.</summary>
    public double WeightSum { get; }

    /// <summary>The effective number of rows, <c>(sum w)^2 / sum w^2</c>.</summary>
    public double EffectiveRows { get; }

    /// <summary>
    /// The mean entropy H(p) of the labels themselves, the part of the log-loss that no model can remove; 0 with hard labels.
    /// </summary>
    public double IrreducibleLogLoss { get; }

    /// <summary><see cref="LogLossMetrics.LogLoss"/> less <see cref="IrreducibleLogLoss"/>: the mean of KL(label || forecast).</summary>
    public double KullbackLeibler => LogLoss - IrreducibleLogLoss;

    /// <summary><c>exp(LogLoss)</c>: the number of equally likely classes that would be as hard to guess.</summary>
    public double Perplexity => Math.Exp(LogLoss);

    /// <summary>
    /// The weighted share of rows whose most probable class is the true one (of equals the lowest slot); a soft label counts by its
    /// share of that class.
    /// </summary>
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
    /// where the reference log-loss is 0 or infinite.
    /// </summary>
    public double LogLossReduction => ReferenceLogLoss == 0 ? double.NaN : (ReferenceLogLoss - LogLoss) / ReferenceLogLoss;

    /// <summary>True against predicted classes with accuracy, precision, recall, F1, MCC and kappa; null above 1000 classes.</summary>
    public ClassConfusionMatrix? ConfusionMatrix { get; }

    /// <summary>
    /// Whether ROC-AUC, average precision, reliability by class or of equal mass, and decompositions come from every row as it is.
    /// False where there are too many
    /// rows for that: forecasts are then told apart to 2^-8 of their distance from 0 or 1. Null when they are not computed.
    /// </summary>
    public bool? HasExactDistributions { get; }

    /// <summary>Each class in the order of the scores.</summary>
    public IReadOnlyList<ClassMetrics> Classes { get; }

    /// <summary>How the loss is spread over the rows, and the worst of them.</summary>
    public RowLosses RowLosses { get; }

    /// <summary>
    /// What has changed since a reference set, by the same model: log-loss, shares of the classes, distribution of the forecasts. Classes
    /// are matched by name; of a binary model the positive class alone is looked at.
    /// </summary>
    /// <param name="reference">The same model's metrics on other rows, such as those it was validated on.</param>
    /// <param name="confidenceLevel">The confidence of the intervals, in (0, 1).</param>
    /// <exception cref="ArgumentException">The classes are not the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is out of range.</exception>
    public IReadOnlyList<DriftMeasure> DriftFrom(CrossEntropyMetrics reference, double confidenceLevel = 0.95) =>
        Drift.Of(this, reference, confidenceLevel);
}

/// <summary>What the evaluation of a multiclass model found.</summary>
public sealed class MulticlassCrossEntropyMetrics : CrossEntropyMetrics
{
    private readonly Lazy<(ReliabilityDiagram EqualWidth, ReliabilityDiagram? EqualMass)> _top;

    internal MulticlassCrossEntropyMetrics(
        MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(sums, names, options, scoresUsed)
    {
        BrierScore = sums.Brier.Score;
        TopKAccuracies = sums.Counts.Ranks!.ToAccuracies();
        var bins = options.ReliabilityBins;
        _top = new(() =>
        {
            List<ScoreGroup> top = [];
            sums.Counts.TopLabel!.Distribution.CopyGroupsTo(top);
            return (ReliabilityAccumulator.Of(top, bins), sums.IsExact is null ? null : EqualMass.Of(top, bins));
        });
        Warnings = [.. EvaluationWarnings.Of(this, options)];
    }

    /// <summary>The Brier score over all classes, <c>mean sum_k (q_k - p_k)^2</c>, 0 to 2.</summary>
    public double BrierScore { get; }

    /// <summary>
    /// The split of <see cref="BrierScore"/>: the sum of the classes' own splits, each class against the rest; null when not
    /// computed.
    /// </summary>
    public ScoreDecomposition? BrierDecomposition =>
        ScoreDecomposition.Sum(Classes.Select(c => c.BrierDecomposition), static (a, b) => a + b);

    /// <summary>
    /// The split of the clipped log-loss: miscalibration (what recalibrating each class's probability by isotonic regression gains),
    /// discrimination, and
    /// uncertainty, the entropy of the labels. The sum of the classes' <see cref="ClassMetrics.LogLossPart"/>; rows that count as
    /// mistakes on
    /// request are not in it. Null when not computed.
    /// </summary>
    public ScoreDecomposition? LogLossDecomposition => ScoreDecomposition.Sum(Classes.Select(c => c.LogLossPart), double.Hypot);

    /// <summary>For each k from 1 to the number of classes, the share of rows whose true class is among the k highest scores.</summary>
    public IReadOnlyList<TopKAccuracy> TopKAccuracies { get; }

    /// <summary>The reliability of the top label's probability as a forecast that the label is right, in bins of equal width.</summary>
    public ReliabilityDiagram Reliability => _top.Value.EqualWidth;

    /// <summary>The same in bins of equal weight; null when not computed.</summary>
    public ReliabilityDiagram? EqualMassReliability => _top.Value.EqualMass;

    /// <summary>The mean over all classes of the ECE of each class's own probability; NaN when not computed.</summary>
    public double ClasswiseCalibrationError => Classes.Average(c => c.Reliability?.ExpectedCalibrationError ?? double.NaN);

    /// <summary>
    /// The mean of the classes' areas under the ROC curve, each class against the rest; classes that do not occur have none, and are
    /// left out.
    /// </summary>
    public double MacroRocAuc => MeanOfDefined(c => c.RocAuc);

    /// <summary>
    /// The mean of the classes' average precisions, each class against the rest; classes that do not occur have none, and are left out.
    /// </summary>
    public double MacroAveragePrecision => MeanOfDefined(c => c.AveragePrecision);

    /// <summary>
    /// The share of rows whose true class is among the <paramref name="k"/> highest scores; all of them where k exceeds the number of
    /// classes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is less than 1.</exception>
    public TopKAccuracy TopKAccuracy(int k)
    {
        _ = Guard.Range(k, k >= 1, nameof(k), "at least 1", "It is how many of the highest scores are looked at");
        return TopKAccuracies[Math.Min(k, TopKAccuracies.Count) - 1] with { K = k };
    }

    private double MeanOfDefined(Func<ClassMetrics, double> metric) =>
        Classes.Select(metric).Where(x => !double.IsNaN(x)).DefaultIfEmpty(double.NaN).Average();
}

/// <summary>The weighted share of rows whose true class is among the k highest scores.</summary>
public readonly record struct TopKAccuracy
{
    internal TopKAccuracy(int k, double accuracy, double optimistic, double pessimistic) =>
        (K, Accuracy, Optimistic, Pessimistic) = (k, accuracy, optimistic, pessimistic);

    /// <summary>How many classes are looked at.</summary>
    public int K { get; internal init; }

    /// <summary>The share when the lower class index wins a tie.</summary>
    public double Accuracy { get; }

    /// <summary>The share when the true class wins every tie.</summary>
    public double Optimistic { get; }

    /// <summary>The share when the true class loses every tie.</summary>
    public double Pessimistic { get; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(TopKAccuracy), PrintMembers);
}

/// <summary>
/// What the evaluation of a binary model found. <see cref="CrossEntropyMetrics.Classes"/> holds the negative class first.
/// </summary>
public sealed class BinaryCrossEntropyMetrics : CrossEntropyMetrics
{
    private readonly Lazy<ReliabilityDiagram?> _equalMass;

    internal BinaryCrossEntropyMetrics(MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(sums, names, options, scoresUsed)
    {
        BrierScore = sums.Brier.Score / 2;
        var bins = options.ReliabilityBins;
        _equalMass = new(() =>
        {
            List<ScoreGroup> groups = [];
            if (sums.IsExact is not null)
                sums.CopyGroups(1, groups);
            return sums.IsExact is null ? null : EqualMass.Of(groups, bins);
        });
        Warnings = [.. EvaluationWarnings.Of(this, options)];
    }

    /// <summary>The Brier score of the positive class, <c>mean (q - y)^2</c>, 0 to 1: half of the sum over both classes.</summary>
    public double BrierScore { get; }

    /// <summary>The split of <see cref="BrierScore"/>; null when not computed.</summary>
    public ScoreDecomposition? BrierDecomposition => Positive.BrierDecomposition;

    /// <summary>The split of the clipped log-loss; null when not computed.</summary>
    public ScoreDecomposition? LogLossDecomposition => Positive.LogLossDecomposition;

    /// <summary>The area under the ROC curve; NaN unless both classes occur, or when not computed.</summary>
    public double RocAuc => Positive.RocAuc;

    /// <summary>The average precision of the positive class; NaN where it does not occur, or when not computed.</summary>
    public double AveragePrecision => Positive.AveragePrecision;

    /// <inheritdoc cref="ClassMetrics.Curves"/>
    [JsonIgnore]
    public ScoreCurves? Curves => Positive.Curves;

    /// <summary>The reliability of the positive class's probability, in bins of equal width; null when not computed.</summary>
    public ReliabilityDiagram? Reliability => Positive.Reliability;

    /// <summary>The same in bins of equal weight; null when not computed.</summary>
    public ReliabilityDiagram? EqualMassReliability => _equalMass.Value;

    private ClassMetrics Positive => Classes[1];
}

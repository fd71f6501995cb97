using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>What the evaluation of a multiclass model found.</summary>
public sealed class MulticlassCrossEntropyMetrics : CrossEntropyMetrics
{
    internal MulticlassCrossEntropyMetrics(MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(sums, names, options, scoresUsed)
    {
        BrierScore = sums.Brier.Score;
        TopKAccuracies = sums.Ranks!.ToAccuracies();
        List<ScoreGroup> top = [];
        sums.TopLabel!.Distribution.CopyGroupsTo(top);
        Reliability = ReliabilityAccumulator.Of(top, options.ReliabilityBins);
        EqualMassReliability = sums.IsExact is null ? null : CrossEntropy.Evaluation.EqualMassReliability.Of(top, options.ReliabilityBins);
    }

    /// <summary>The Brier score over all classes, <c>mean sum_k (q_k - p_k)^2</c>, 0 to 2.</summary>
    public double BrierScore { get; }

    /// <summary>
    /// The split of <see cref="BrierScore"/>: the sum of the classes' own splits, each class against the rest; null when not
    /// computed.
    /// </summary>
    public ScoreDecomposition? BrierDecomposition => Classes[0].BrierDecomposition is null ? null : ScoreDecomposition.Sum(Classes.Select(c => c.BrierDecomposition!.Value));

    /// <summary>
    /// The split of the clipped log-loss: miscalibration (what recalibrating each class's probability by isotonic regression gains), discrimination, and
    /// uncertainty, the entropy of the labels. The sum of the classes' <see cref="ClassMetrics.LogLossPart"/>; rows that count as mistakes on
    /// request are not in it. Null when not computed.
    /// </summary>
    public ScoreDecomposition? LogLossDecomposition => Classes[0].LogLossPart is null ? null : ScoreDecomposition.Sum(Classes.Select(c => c.LogLossPart!.Value));

    /// <summary>For each k from 1 to the number of classes, the share of rows whose true class is among the k highest scores.</summary>
    public IReadOnlyList<TopKAccuracy> TopKAccuracies { get; }

    /// <summary>The reliability of the top label's probability as a forecast that the label is right, in bins of equal width.</summary>
    public ReliabilityDiagram Reliability { get; }

    /// <summary>The same in bins of equal weight; null when not computed.</summary>
    public ReliabilityDiagram? EqualMassReliability { get; }

    /// <summary>The mean over all classes of the ECE of each class's own probability; NaN when not computed.</summary>
    public double ClasswiseCalibrationError => Classes.Average(c => c.Reliability?.ExpectedCalibrationError ?? double.NaN);

    /// <summary>The mean of the classes' areas under the ROC curve, each class against the rest; NaN where one is undefined.</summary>
    public double MacroRocAuc => Classes.Average(c => c.RocAuc);

    /// <summary>The mean of the classes' average precisions, each class against the rest; NaN where one is undefined.</summary>
    public double MacroAveragePrecision => Classes.Average(c => c.AveragePrecision);

    /// <summary>The share of rows whose true class is among the <paramref name="k"/> highest scores; all of them where k exceeds the number of classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is less than 1.</exception>
    public TopKAccuracy TopKAccuracy(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return TopKAccuracies[Math.Min(k, TopKAccuracies.Count) - 1] with { K = k };
    }
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
}

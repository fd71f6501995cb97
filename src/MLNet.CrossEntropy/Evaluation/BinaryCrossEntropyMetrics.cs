using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>What the evaluation of a binary model found. <see cref="CrossEntropyMetrics.Classes"/> holds the negative class first.</summary>
public sealed class BinaryCrossEntropyMetrics : CrossEntropyMetrics
{
    internal BinaryCrossEntropyMetrics(MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(sums, names, options, scoresUsed)
    {
        BrierScore = sums.Brier.Score / 2;
        List<ScoreGroup> groups = [];
        EqualMassReliability = sums.TryCopyGroups(1, groups) ? CrossEntropy.Evaluation.EqualMassReliability.Of(groups, options.ReliabilityBins) : null;
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

    /// <summary>The reliability of the positive class's probability, in bins of equal width; null when not computed.</summary>
    public ReliabilityDiagram? Reliability => Positive.Reliability;

    /// <summary>The same in bins of equal weight; null when not computed.</summary>
    public ReliabilityDiagram? EqualMassReliability { get; }

    private ClassMetrics Positive => Classes[1];
}

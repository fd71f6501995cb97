namespace MLNet.CrossEntropy;

/// <summary>What the evaluation of a multiclass model found.</summary>
public sealed class MulticlassCrossEntropyMetrics : CrossEntropyMetrics
{
    internal MulticlassCrossEntropyMetrics(RowCounter rows, MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(rows, sums, names, options, scoresUsed)
    {
    }
}

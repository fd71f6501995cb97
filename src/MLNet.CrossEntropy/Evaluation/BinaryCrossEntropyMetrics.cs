namespace MLNet.CrossEntropy;

/// <summary>What the evaluation of a binary model found. <see cref="CrossEntropyMetrics.Classes"/> holds the negative class first.</summary>
public sealed class BinaryCrossEntropyMetrics : CrossEntropyMetrics
{
    internal BinaryCrossEntropyMetrics(RowCounter rows, MetricAccumulators sums, IReadOnlyList<string> names, EvaluationOptions options, string scoresUsed)
        : base(rows, sums, names, options, scoresUsed)
    {
    }
}

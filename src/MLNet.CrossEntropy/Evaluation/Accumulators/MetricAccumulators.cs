namespace MLNet.CrossEntropy;

/// <summary>Every accumulator of an evaluation, fed and merged together.</summary>
internal sealed class MetricAccumulators(int classes, double probabilityFloor)
{
    public LogLossAccumulator LogLoss { get; } = new(classes, probabilityFloor);

    public AccuracyAccumulator Accuracy { get; } = new();

    public void Add(in EvaluatedRow row)
    {
        LogLoss.Add(row);
        Accuracy.Add(row);
    }

    public void Merge(MetricAccumulators other)
    {
        LogLoss.Merge(other.LogLoss);
        Accuracy.Merge(other.Accuracy);
    }
}

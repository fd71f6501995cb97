namespace MLNet.CrossEntropy.Reporting;

/// <summary>One model of a report; at least one of its three parts is known.</summary>
internal sealed record ReportedModel(string Name, CrossEntropyMetrics? Metrics, MultiLabelCrossEntropyMetrics? MultiLabel, TrainingReport? Training)
{
    public bool IsEvaluated => Metrics is not null || MultiLabel is not null;

    public IReadOnlyList<string> Warnings => Metrics?.Warnings ?? MultiLabel?.Warnings ?? [];

    public double LogLoss => Metrics?.LogLoss ?? MultiLabel?.LogLoss ?? double.NaN;

    public double ClippedLogLoss => Metrics?.ClippedLogLoss ?? MultiLabel?.ClippedLogLoss ?? double.NaN;

    public double StandardError => Metrics?.LogLossStandardError ?? MultiLabel?.LogLossStandardError ?? double.NaN;

    public ConfidenceInterval? Interval => Metrics?.LogLossInterval ?? MultiLabel?.LogLossInterval;

    public RowCounts? Rows => Metrics?.Rows ?? MultiLabel?.Rows;
}

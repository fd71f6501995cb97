namespace Microsoft.ML.Data;

/// <summary>Log-losses are in nats.</summary>
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(MulticlassCounts counts, int? topK, string[] classNames)
    {
        LogLoss = counts.LogLoss;
        LogLossReduction = counts.LogLossReduction;
        MacroAccuracy = counts.MacroAccuracy;
        MicroAccuracy = counts.MicroAccuracy;
        PerClassLogLoss = Array.AsReadOnly(counts.PerClassLogLoss);
        TopKPredictionCount = topK ?? 0;
        TopKAccuracyForAllK = topK is { } k ? Array.AsReadOnly(counts.TopKAccuracies(k)) : null;
        ConfusionMatrix = new ConfusionMatrix(counts.ConfusionCounts, classNames, isBinary: false);
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    public double TopKAccuracy => TopKAccuracyForAllK is { Count: > 0 } accuracies ? accuracies[^1] : 0;

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}

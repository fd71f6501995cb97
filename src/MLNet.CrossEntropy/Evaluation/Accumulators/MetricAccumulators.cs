namespace MLNet.CrossEntropy;

/// <summary>Every accumulator of an evaluation, fed and merged together.</summary>
internal sealed class MetricAccumulators
{
    /// <summary>With more classes than this their confusion matrix would take too much memory, K^2 cells.</summary>
    private const int MostConfusionClasses = 1000;

    /// <summary>With more classes than this one-versus-rest metrics are left out unless they are asked for.</summary>
    private const int MostOneVersusRestClasses = 30;

    public MetricAccumulators(int classes, EvaluationOptions options, bool fromLogits)
    {
        Floor = new(options.ProbabilityFloor, fromLogits);
        LogLoss = new(classes, Floor);
        SoftLabels = new(classes);
        Ranks = new(classes);
        Reliability = new(options.ReliabilityBins);
        RowLosses = new(options.WorstRows);
        if (classes <= MostConfusionClasses)
            Confusion = new(classes);
        if (options.OneVersusRest ?? classes <= MostOneVersusRestClasses)
            OneVersusRest = new(classes, options.ReliabilityBins);
    }

    public LossFloor Floor { get; }

    public LogLossAccumulator LogLoss { get; }

    public SoftLabelAccumulator SoftLabels { get; }

    public AccuracyAccumulator Accuracy { get; } = new();

    public BrierAccumulator Brier { get; } = new();

    public RankAccumulator Ranks { get; }

    /// <summary>Of the top label.</summary>
    public ReliabilityAccumulator Reliability { get; }

    public RowLossAccumulator RowLosses { get; }

    public ConfusionAccumulator? Confusion { get; }

    public OneVersusRestAccumulator? OneVersusRest { get; }

    public void Add(in EvaluatedRow row)
    {
        LogLoss.Add(row);
        SoftLabels.Add(row);
        Accuracy.Add(row);
        Brier.Add(row);
        if (!row.Scores.IsEmpty)
            Ranks.Add(row);
        int top = row.Predicted;
        Reliability.Add(row.Probabilities[top], row.Complements[top], row.TargetOf(top), row.Weight);
        RowLosses.Add(row);
        Confusion?.Add(row);
        OneVersusRest?.Add(row);
    }

    /// <summary>Adds a bad row that counts as a mistake, of a class or (-1) of none.</summary>
    public void AddMistake(int label, double weight)
    {
        LogLoss.AddMistake(label, weight);
        Accuracy.AddMistake(weight);
        RowLosses.AddMistake(Floor.Largest, weight);
    }

    public void Merge(MetricAccumulators other)
    {
        LogLoss.Merge(other.LogLoss);
        SoftLabels.Merge(other.SoftLabels);
        Accuracy.Merge(other.Accuracy);
        Brier.Merge(other.Brier);
        Ranks.Merge(other.Ranks);
        Reliability.Merge(other.Reliability);
        RowLosses.Merge(other.RowLosses);
        Confusion?.Merge(other.Confusion!);
        OneVersusRest?.Merge(other.OneVersusRest!);
    }
}

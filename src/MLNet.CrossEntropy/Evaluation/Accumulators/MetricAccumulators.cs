using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Every accumulator of an evaluation. They are fed in <see cref="Lanes"/>: within one, blocks must come in the order of the rows; no
/// two touch the same sums, so that lanes may run side by side and the outcome is the same whoever runs them.
/// </summary>
internal sealed class MetricAccumulators
{
    /// <summary>With more classes than this their confusion matrix would take too much memory, K^2 cells.</summary>
    private const int MostConfusionClasses = 1000;

    /// <summary>With more classes than this one-versus-rest metrics are left out unless they are asked for.</summary>
    private const int MostOneVersusRestClasses = 30;

    private readonly OneVersusRestAccumulator[]? _oneVersusRest;

    /// <summary>Sums over classes; of a binary model only the positive class's forecasts are kept, those of the negative one mirror them.</summary>
    public MetricAccumulators(int classes, EvaluationOptions options, bool fromLogits, bool isBinary)
    {
        IsBinary = isBinary;
        Floor = new(options.ProbabilityFloor, fromLogits);
        LogLoss = new(classes, Floor);
        SoftLabels = new(classes);
        Ranks = isBinary ? null : new(classes);
        RowLosses = new(options.WorstRows, Floor);
        if (classes <= MostConfusionClasses)
            Confusion = new(classes);
        if (options.OneVersusRest ?? classes <= MostOneVersusRestClasses)
        {
            _oneVersusRest = isBinary
                ? [new(1, 0, options.ReliabilityBins)]
                : [.. Enumerable.Range(0, classes).Select(k => new OneVersusRestAccumulator(k, k, options.ReliabilityBins))];
        }
        TopLabel = isBinary ? null : new(options.ReliabilityBins);
        Lanes = [AddLosses, AddPredictions, .. _oneVersusRest is { } all ? all.Select(one => (Action<EvaluatedBlock>)one.Add) : []];
    }

    /// <summary>What adds a block, in parts that may run side by side.</summary>
    public IReadOnlyList<Action<EvaluatedBlock>> Lanes { get; }

    public bool IsBinary { get; }

    public LossFloor Floor { get; }

    public RowCounter Rows { get; } = new();

    public LogLossAccumulator LogLoss { get; }

    public SoftLabelAccumulator SoftLabels { get; }

    public AccuracyAccumulator Accuracy { get; } = new();

    public BrierAccumulator Brier { get; } = new();

    /// <summary>Null for a binary model.</summary>
    public RankAccumulator? Ranks { get; }

    public RowLossAccumulator RowLosses { get; }

    public ConfusionAccumulator? Confusion { get; }

    /// <summary>Null for a binary model.</summary>
    public TopLabelAccumulator? TopLabel { get; }

    /// <summary>Whether the forecasts of every class are kept row by row; null when none are kept.</summary>
    public bool? IsExact => _oneVersusRest?.All(one => one.IsExact);

    /// <summary>Writes a class's forecasts in groups, lowest first, in place of what the list held; false when they are not computed.</summary>
    public bool TryCopyGroups(int k, List<ScoreGroup> groups)
    {
        if (_oneVersusRest is null)
            return false;
        _oneVersusRest[IsBinary ? 0 : k].CopyGroupsTo(groups);
        if (IsBinary && k == 0)
        {
            groups.Reverse();
            foreach (ref var group in CollectionsMarshal.AsSpan(groups))
                group = group.Mirrored();
        }
        return true;
    }

    /// <summary>Adds a block in all lanes.</summary>
    public void Add(EvaluatedBlock block)
    {
        foreach (var lane in Lanes)
            lane(block);
    }

    public void Merge(MetricAccumulators other)
    {
        Rows.Merge(other.Rows);
        LogLoss.Merge(other.LogLoss);
        SoftLabels.Merge(other.SoftLabels);
        Accuracy.Merge(other.Accuracy);
        Brier.Merge(other.Brier);
        Ranks?.Merge(other.Ranks!);
        RowLosses.Merge(other.RowLosses);
        Confusion?.Merge(other.Confusion!);
        TopLabel?.Merge(other.TopLabel!);
        for (var i = 0; i < _oneVersusRest?.Length; i++)
            _oneVersusRest[i].Merge(other._oneVersusRest![i]);
    }

    private void AddLosses(EvaluatedBlock block)
    {
        Rows.Merge(block.Outcomes);
        LogLoss.Add(block);
        SoftLabels.Add(block);
        RowLosses.Add(block);
    }

    private void AddPredictions(EvaluatedBlock block)
    {
        Accuracy.Add(block);
        Brier.Add(block);
        Ranks?.Add(block);
        Confusion?.Add(block);
        TopLabel?.Add(block);
    }
}

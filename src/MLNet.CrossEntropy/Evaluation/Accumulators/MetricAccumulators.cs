using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Every accumulator of an evaluation. They are fed in <see cref="Lanes"/>: within one, blocks must come in the order of the rows; no
/// two touch the same sums, so that lanes may run side by side and the outcome is the same whoever runs them.
/// </summary>
internal sealed class MetricAccumulators
{
    /// <summary>With more classes than this their confusion matrix would take too much memory, K^2 cells.</summary>
    public const int MostConfusionClasses = 1000;

    /// <summary>With more classes than this one-versus-rest metrics are left out unless they are asked for.</summary>
    public const int MostOneVersusRestClasses = 30;

    private readonly OneVersusRestAccumulator[]? _oneVersusRest;

    /// <summary>
    /// Sums over classes; of a binary model only the positive class's forecasts are kept, those of the negative one mirror them.
    /// </summary>
    public MetricAccumulators(int classes, EvaluationOptions options, LossFloor floor, SegmentNames segments, bool isBinary)
    {
        IsBinary = isBinary;
        Floor = floor;
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
        Segments = options.SegmentColumnName is null ? null : new(segments, options.ReliabilityBins, Floor, isBinary);
        Lanes =
        [
            AddLosses, AddPredictions, .. _oneVersusRest is { } all ? all.Select(one => (Action<EvaluatedBlock>)one.Add) : [],
            .. Segments is { } bySegment ? [bySegment.Add] : (Action<EvaluatedBlock>[])[],
        ];
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

    /// <summary>Null where no column of segments is named.</summary>
    public SegmentAccumulator? Segments { get; }

    /// <summary>Whether the forecasts of every class are kept row by row; null when none are kept.</summary>
    public bool? IsExact => _oneVersusRest?.All(one => one.Distribution.IsExact);

    /// <summary>Writes a class's forecasts, where they are kept, in groups, lowest first, in place of what the list held.</summary>
    public void CopyGroups(int k, List<ScoreGroup> groups)
    {
        var distribution = _oneVersusRest![IsBinary ? 0 : k].Distribution;
        // Copying may sort what is kept.
        lock (distribution)
            distribution.CopyGroupsTo(groups);
        if (IsBinary && k == 0)
        {
            groups.Reverse();
            foreach (ref var group in CollectionsMarshal.AsSpan(groups))
                group = group.Mirrored();
        }
    }

    /// <summary>A class's curves; null when its forecasts are not kept.</summary>
    public ScoreCurves? CurvesOf(int k, string name, EvaluationOptions options) => _oneVersusRest is null
        ? null
        : new(_oneVersusRest[IsBinary ? 0 : k].Distribution, IsBinary && k == 0, name, options);

    /// <summary>Adds a block in all lanes.</summary>
    public void Add(EvaluatedBlock block)
    {
        foreach (var lane in Lanes)
            lane(block);
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        Rows.Serialize(state);
        LogLoss.Serialize(state);
        SoftLabels.Serialize(state);
        Accuracy.Serialize(state);
        Brier.Serialize(state);
        Ranks?.Serialize(state);
        RowLosses.Serialize(state);
        Confusion?.Serialize(state);
        TopLabel?.Distribution.Serialize(state);
        foreach (var one in _oneVersusRest ?? [])
            one.Distribution.Serialize(state);
        Segments?.Serialize(state);
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

/// <summary>
/// A class's probability as a forecast of the event "the label is this class". Its outcome does not depend on other classes, so that each
/// has an accumulator of its own.
/// </summary>
internal sealed class OneVersusRestAccumulator(int k, int column, int? reliabilityBins)
{
    private double[] _hits = [];
    private long[] _forecasts = [];

    public ScoreDistribution Distribution { get; } = new(reliabilityBins);

    public void Add(EvaluatedBlock block)
    {
        if (block.ByClass.IsPlain && block.Forecasts.Length == 0)
        {
            Distribution.AddPlain(block.Column(block.Scores, column)[..block.Count], block.ByClass.Of(k));
            return;
        }
        if (block.ByClass.IsPlain)
        {
            Distribution.AddPlain(block.Column(block.Forecasts, column)[..block.Count], block.ByClass.Of(k));
            return;
        }
        if (_hits.Length < block.Stride)
            (_hits, _forecasts) = (new double[block.Stride], new long[block.Stride]);
        block.TargetsOf(k, _hits);
        block.ForecastsOf(column, _forecasts);
        Distribution.Add(_forecasts.AsSpan(0, block.Count), _hits.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
    }
}

/// <summary>The top label's probability as a forecast of the event "the top label is right", row by row as far as memory allows.</summary>
internal sealed class TopLabelAccumulator(int? reliabilityBins)
{
    public ScoreDistribution Distribution { get; } = new(reliabilityBins);

    public void Add(EvaluatedBlock block)
    {
        ReadOnlySpan<long> forecasts = block.TopForecasts.AsSpan(0, block.Count);
        if (block.ByClass.IsPlain && block.Forecasts.Length == 0)
            Distribution.AddPlain(block.TopScores.AsSpan(0, block.Count), block.ByClass.Right);
        else if (block.ByClass.IsPlain)
            Distribution.AddPlain(forecasts, block.ByClass.Right);
        else
            Distribution.Add(forecasts, block.Hits.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
    }
}

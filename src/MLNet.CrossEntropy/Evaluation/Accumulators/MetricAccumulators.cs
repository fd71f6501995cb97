using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Every accumulator of an evaluation. Sums of doubles are fed in <see cref="Lanes"/>: within one, blocks must come in the order of the
/// rows; no two touch the same sums, so that lanes may run side by side. What rows of weight 1 count in whole numbers needs no order:
/// each thread counts it in a part of its own (<see cref="Counts"/>). So the outcome is the same bits whoever adds a block.
/// </summary>
internal sealed class MetricAccumulators
{
    /// <summary>With more classes than this one-versus-rest metrics are left out unless they are asked for.</summary>
    public const int MostOneVersusRestClasses = 30;

    // Counts of a class take half a megabyte, once more for each thread.
    private const int MostClassesInParts = 100;

    private readonly bool _hasParts;

    /// <summary>
    /// Sums over classes; of a binary model only the positive class's forecasts are kept, those of the negative one mirror them.
    /// </summary>
    public MetricAccumulators(
        int classes, EvaluationOptions options, LossFloor floor, SegmentNames segments, bool isBinary, int labels = 1)
    {
        (IsBinary, _hasParts) = (isBinary, classes * labels <= MostClassesInParts);
        Floor = floor;
        LogLoss = new(classes, Floor);
        SoftLabels = new(classes);
        Counts = new(classes, options, floor, isBinary);
        Segments = options.SegmentColumnName is null ? null : new(segments, options.ReliabilityBins, Floor, isBinary);
        Action<EvaluatedBlock>[] lanes =
        [
            AddLosses, AddPredictions, .. Counts.Lanes.Select(add => (Action<EvaluatedBlock>)(block => AddInOrder(block, add))),
            .. Segments is { } bySegment ? [bySegment.Add] : (Action<EvaluatedBlock>[])[],
        ];
        // Of a binary model there is too little to add for more than one lane.
        Lanes = isBinary ? [lanes.Aggregate((before, add) => before + add)] : lanes;
    }

    /// <summary>What adds a block, but for what parts count, in steps that may run side by side.</summary>
    public IReadOnlyList<Action<EvaluatedBlock>> Lanes { get; }

    /// <summary>What rows of weight 1 are counted in, and in their order all others.</summary>
    public CountAccumulators Counts { get; }

    public bool IsBinary { get; }

    public LossFloor Floor { get; }

    public RowCounter Rows { get; } = new();

    public LogLossAccumulator LogLoss { get; }

    public SoftLabelAccumulator SoftLabels { get; }

    public AccuracyAccumulator Accuracy { get; } = new();

    public BrierAccumulator Brier { get; } = new();

    /// <summary>Null where no column of segments is named.</summary>
    public SegmentAccumulator? Segments { get; }

    /// <summary>Whether the forecasts of every class are kept row by row; null when none are kept.</summary>
    public bool? IsExact => Counts.OneVersusRest?.All(one => one.Distribution.IsExact);

    /// <summary>Counts a block of rows of weight 1, in whatever order, in these counts or a part of them.</summary>
    public void Count(EvaluatedBlock block, CountAccumulators part)
    {
        if (IsCounted(block))
            part.Add(block);
    }

    /// <summary>Writes a class's forecasts, where they are kept, in groups, lowest first, in place of what the list held.</summary>
    public void CopyGroups(int k, List<ScoreGroup> groups)
    {
        var distribution = DistributionOf(k);
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
    public ScoreCurves? CurvesOf(int k, string name, EvaluationOptions options) =>
        IsExact is null ? null : new(DistributionOf(k), IsBinary && k == 0, name, options);

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        Rows.Serialize(state);
        LogLoss.Serialize(state);
        SoftLabels.Serialize(state);
        Accuracy.Serialize(state);
        Brier.Serialize(state);
        Counts.Serialize(state);
        Segments?.Serialize(state);
    }

    private ScoreDistribution DistributionOf(int k) => Counts.OneVersusRest![IsBinary ? 0 : k].Distribution;

    private void AddInOrder(EvaluatedBlock block, Action<EvaluatedBlock> add)
    {
        if (!IsCounted(block))
            add(block);
    }

    private bool IsCounted(EvaluatedBlock block) => _hasParts && block.ByClass.IsPlain;

    private void AddLosses(EvaluatedBlock block)
    {
        Rows.Merge(block.Outcomes);
        LogLoss.Add(block);
        SoftLabels.Add(block);
        if (!(IsCounted(block) && block.IsPlain))
            Counts.RowLosses.Add(block);
    }

    private void AddPredictions(EvaluatedBlock block)
    {
        Accuracy.Add(block);
        Brier.Add(block);
    }
}

/// <summary>
/// What becomes of forecasts and predictions, in counts. Of rows of weight 1 these are whole numbers, which parts may add up in any order.
/// </summary>
internal sealed class CountAccumulators
{
    /// <summary>With more classes than this their confusion matrix would take too much memory, K^2 cells.</summary>
    public const int MostConfusionClasses = 1000;

    private readonly Func<CountAccumulators> _newPart;

    public CountAccumulators(int classes, EvaluationOptions options, LossFloor floor, bool isBinary)
    {
        _newPart = () => new(classes, options, floor, isBinary);
        var reliabilityBins = options.ReliabilityBins;
        RowLosses = new(options.WorstRows, floor);
        Ranks = isBinary ? null : new(classes);
        if (classes <= MostConfusionClasses)
            Confusion = new(classes);
        if (options.OneVersusRest ?? classes <= MetricAccumulators.MostOneVersusRestClasses)
        {
            OneVersusRest = isBinary
                ? [new(1, 0, reliabilityBins)]
                : [.. Enumerable.Range(0, classes).Select(k => new OneVersusRestAccumulator(k, k, reliabilityBins))];
        }
        TopLabel = isBinary ? null : new(reliabilityBins);
        Lanes = [AddPredictions, .. OneVersusRest?.Select(one => (Action<EvaluatedBlock>)one.Add) ?? []];
    }

    /// <summary>What adds a block, but its losses, in steps that may run side by side.</summary>
    public IReadOnlyList<Action<EvaluatedBlock>> Lanes { get; }

    public RowLossAccumulator RowLosses { get; }

    /// <summary>Null for a binary model.</summary>
    public RankAccumulator? Ranks { get; }

    /// <summary>Null with more than <see cref="MostConfusionClasses"/> classes.</summary>
    public ConfusionAccumulator? Confusion { get; }

    /// <summary>Null for a binary model.</summary>
    public TopLabelAccumulator? TopLabel { get; }

    /// <summary>One a class, of a binary model the positive one's alone; null where nobody asks for them.</summary>
    public OneVersusRestAccumulator[]? OneVersusRest { get; }

    private IEnumerable<ScoreDistribution> Distributions =>
        [.. TopLabel is null ? [] : (ScoreDistribution[])[TopLabel.Distribution], .. OneVersusRest?.Select(one => one.Distribution) ?? []];

    /// <summary>Adds a block of rows of weight 1.</summary>
    public void Add(EvaluatedBlock block)
    {
        if (block.IsPlain)
            RowLosses.Add(block);
        foreach (var add in Lanes)
            add(block);
    }

    /// <summary>Counts for another thread, to be merged into these in the end.</summary>
    public CountAccumulators NewPart()
    {
        var part = _newPart();
        foreach ((var own, var distribution) in Distributions.Zip(part.Distributions))
            distribution.BecomePartOf(own);
        return part;
    }

    /// <summary>To be called when all rows have been added: gives memory back.</summary>
    public void Finish()
    {
        foreach (var distribution in Distributions)
            distribution.Finish();
    }

    /// <summary>Takes over the counts of a part.</summary>
    public void Merge(CountAccumulators part)
    {
        RowLosses.Merge(part.RowLosses);
        Ranks?.Merge(part.Ranks!);
        Confusion?.Merge(part.Confusion!);
        foreach ((var own, var distribution) in Distributions.Zip(part.Distributions))
            own.Merge(distribution);
    }

    /// <summary>Writes the counts, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        RowLosses.Serialize(state);
        Ranks?.Serialize(state);
        Confusion?.Serialize(state);
        foreach (var distribution in Distributions)
            distribution.Serialize(state);
    }

    private void AddPredictions(EvaluatedBlock block)
    {
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

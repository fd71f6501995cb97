namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// A class's probability as a forecast of the event "the label is this class". Its outcome does not depend on other classes, so that each
/// has an accumulator of its own.
/// </summary>
internal sealed class OneVersusRestAccumulator(int k, int column, int reliabilityBins) : IAccumulator<OneVersusRestAccumulator>
{
    private readonly ScoreDistribution _distribution = new(reliabilityBins);
    private double[] _hits = [];
    private long[] _forecasts = [];

    public void Add(EvaluatedBlock block)
    {
        if (block.ByClass.IsPlain && block.Forecasts.Length == 0)
        {
            _distribution.AddPlain(block.Column(block.Scores, column)[..block.Count], block.ByClass.Of(k));
            return;
        }
        if (block.ByClass.IsPlain)
        {
            _distribution.AddPlain(block.Column(block.Forecasts, column)[..block.Count], block.ByClass.Of(k));
            return;
        }
        if (_hits.Length < block.Stride)
            (_hits, _forecasts) = (new double[block.Stride], new long[block.Stride]);
        block.TargetsOf(k, _hits);
        block.ForecastsOf(column, _forecasts);
        _distribution.Add(_forecasts.AsSpan(0, block.Count), _hits.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
    }

    public void Merge(OneVersusRestAccumulator other) => _distribution.Merge(other._distribution);

    /// <summary>Whether every row is kept as it is; false once rows are counted in buckets.</summary>
    public bool IsExact => _distribution.IsExact;

    /// <inheritdoc cref="ScoreDistribution.CopyGroupsTo"/>
    public void CopyGroupsTo(List<ScoreGroup> groups) => _distribution.CopyGroupsTo(groups);
}

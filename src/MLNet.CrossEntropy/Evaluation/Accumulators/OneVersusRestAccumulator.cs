namespace MLNet.CrossEntropy;

/// <summary>
/// A class's probability as a forecast of the event "the label is this class". Its outcome does not depend on other classes, so that each
/// has an accumulator of its own.
/// </summary>
internal sealed class OneVersusRestAccumulator(int k, int column, int reliabilityBins) : IAccumulator<OneVersusRestAccumulator>
{
    private readonly ScoreDistribution _distribution = new(reliabilityBins);
    private double[] _hits = [];

    public void Add(EvaluatedBlock block)
    {
        ReadOnlySpan<long> forecasts = block.Column(block.Forecasts, column)[..block.Count];
        if (block.ByClass.IsPlain && _distribution.TryAddPlain(forecasts, block.ByClass.Of(k)))
            return;
        if (_hits.Length < block.Stride)
            _hits = new double[block.Stride];
        block.TargetsOf(k, _hits);
        _distribution.Add(forecasts, _hits.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
    }

    public void Merge(OneVersusRestAccumulator other) => _distribution.Merge(other._distribution);

    /// <summary>Whether every row is kept as it is; false once rows are counted in buckets.</summary>
    public bool IsExact => _distribution.IsExact;

    /// <summary>The groups of equal forecast, lowest first.</summary>
    public List<ScoreGroup> ToGroups() => _distribution.ToGroups();
}

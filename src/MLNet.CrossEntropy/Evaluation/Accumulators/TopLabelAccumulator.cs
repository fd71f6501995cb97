namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The top label's probability as a forecast of the event "the top label is right", row by row as far as memory allows.</summary>
internal sealed class TopLabelAccumulator(int reliabilityBins) : IAccumulator<TopLabelAccumulator>
{
    private readonly ScoreDistribution _distribution = new(reliabilityBins);

    public void Add(EvaluatedBlock block)
    {
        ReadOnlySpan<long> forecasts = block.TopForecasts.AsSpan(0, block.Count);
        if (block.ByClass.IsPlain && block.Forecasts.Length == 0)
            _distribution.AddPlain(block.TopScores.AsSpan(0, block.Count), block.ByClass.Right);
        else if (block.ByClass.IsPlain)
            _distribution.AddPlain(forecasts, block.ByClass.Right);
        else
            _distribution.Add(forecasts, block.Hits.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
    }

    public void Merge(TopLabelAccumulator other) => _distribution.Merge(other._distribution);

    /// <inheritdoc cref="ScoreDistribution.CopyGroupsTo"/>
    public void CopyGroupsTo(List<ScoreGroup> groups) => _distribution.CopyGroupsTo(groups);
}

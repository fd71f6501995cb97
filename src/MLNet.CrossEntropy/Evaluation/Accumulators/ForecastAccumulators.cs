namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// A class's probability as a forecast of the event "the label is this class". Its outcome does not depend on other classes, so that each
/// has an accumulator of its own.
/// </summary>
internal sealed class OneVersusRestAccumulator(int k, int column, int reliabilityBins)
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
internal sealed class TopLabelAccumulator(int reliabilityBins)
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

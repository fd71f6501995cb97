using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The weighted share of rows whose predicted class is the true one; a soft label counts by its share of that class.</summary>
internal sealed class AccuracyAccumulator : IAccumulator<AccuracyAccumulator>
{
    private CompensatedSum _correct;
    private CompensatedSum _total;

    /// <summary>NaN without rows.</summary>
    public double Accuracy => _correct.Value / _total.Value;

    public void Add(EvaluatedBlock block)
    {
        _total.Add(SpanMath.Sum(block.Weights.AsSpan(0, block.Count)));
        _correct.Add(SpanMath.Dot(block.Weights.AsSpan(0, block.Count), block.Hits.AsSpan(0, block.Count)));
        foreach ((_, _, var weight) in block.Mistakes)
            _total.Add(weight);
    }

    public void Merge(AccuracyAccumulator other)
    {
        _correct.Add(other._correct.Value);
        _total.Add(other._total.Value);
    }
}

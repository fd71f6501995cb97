using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The Brier score (1950) in its original form over K classes, <c>sum_i w_i sum_k (q_ik - p_ik)^2 / sum_i w_i</c>.</summary>
internal sealed class BrierAccumulator : IAccumulator<BrierAccumulator>
{
    private CompensatedSum _squares;
    private CompensatedSum _weight;

    /// <summary>0 is perfect, 2 always certain and wrong; NaN without rows.</summary>
    public double Score => _squares.Value / _weight.Value;

    public void Add(EvaluatedBlock block)
    {
        _squares.Add(SpanMath.Dot(block.Weights.AsSpan(0, block.Count), block.SquaredErrors.AsSpan(0, block.Count)));
        _weight.Add(SpanMath.Sum(block.Weights.AsSpan(0, block.Count)));
    }

    public void Merge(BrierAccumulator other)
    {
        _squares.Add(other._squares.Value);
        _weight.Add(other._weight.Value);
    }
}

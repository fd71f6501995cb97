namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The entropy of the labels themselves, <c>H(p) = -sum_k p_k ln p_k</c>, the part of the log-loss that no model can
/// remove; the rest is KL(p || q). Class k's part of row i is <c>-w_i p_ik ln p_ik</c>. Hard labels have none.
/// </summary>
internal sealed class SoftLabelAccumulator(int classes) : IAccumulator<SoftLabelAccumulator>
{
    private readonly CompensatedSum[] _entropyOfClass = new CompensatedSum[classes];

    /// <summary><c>sum_i w_i H(p_i)</c>.</summary>
    public double WeightedEntropy => _entropyOfClass.Sum(s => s.Value);

    /// <summary>The part of <see cref="WeightedEntropy"/> that belongs to class k.</summary>
    public double WeightedEntropyOf(int k) => _entropyOfClass[k].Value;

    public void Add(EvaluatedBlock block)
    {
        if (!block.HasSoftLabels)
            return;
        for (var row = 0; row < block.Count; row++)
        {
            for (var k = 0; k < classes && block.Labels[row] < 0; k++)
            {
                var share = block.TargetOf(k, row);
                _entropyOfClass[k].Add(-block.Weights[row] * StableMath.XLogY(share, share));
            }
        }
    }

    public void Merge(SoftLabelAccumulator other)
    {
        for (var k = 0; k < _entropyOfClass.Length; k++)
            _entropyOfClass[k].Add(other._entropyOfClass[k].Value);
    }
}

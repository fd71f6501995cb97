using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The entropy of the labels themselves, <c>H(p) = -sum_k p_k ln p_k</c>, the part of the log-loss that no model can
/// remove; the rest is KL(p || q). Class k's part of row i is <c>-w_i p_ik ln p_ik</c>. Hard labels have none.
/// </summary>
internal sealed class SoftLabelAccumulator(int classes)
{
    private readonly CompensatedSum[] _entropyOfClass = new CompensatedSum[classes];

    /// <summary><c>sum_i w_i H(p_i)</c>.</summary>
    public double WeightedEntropy => _entropyOfClass.Sum(s => s.Value);

    /// <summary>The part of <see cref="WeightedEntropy"/> that belongs to class k.</summary>
    public double WeightedEntropyOf(int k) => _entropyOfClass[k].Value;

    public void Add(in EvaluatedRow row)
    {
        for (int k = 0; k < row.Target.Length; k++)
            _entropyOfClass[k].Add(-row.Weight * StableMath.XLogY(row.Target[k], row.Target[k]));
    }

    public void Merge(SoftLabelAccumulator other)
    {
        for (int k = 0; k < _entropyOfClass.Length; k++)
            _entropyOfClass[k].Add(other._entropyOfClass[k].Value);
    }
}

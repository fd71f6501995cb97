using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>The Brier score (1950) in its original form over K classes, <c>sum_i w_i sum_k (q_ik - p_ik)^2 / sum_i w_i</c>.</summary>
internal sealed class BrierAccumulator
{
    private CompensatedSum _squares;
    private CompensatedSum _weight;

    /// <summary>0 is perfect, 2 always certain and wrong; NaN without rows.</summary>
    public double Score => _squares.Value / _weight.Value;

    public void Add(in EvaluatedRow row)
    {
        double squares = 0;
        for (int k = 0; k < row.Probabilities.Length; k++)
        {
            // q - 1 through the complement keeps its digits where q is nearly 1.
            double error = !row.IsSoft && k == row.Label ? row.Complements[k] : row.Probabilities[k] - row.TargetOf(k);
            squares += error * error;
        }
        _squares.Add(row.Weight * squares);
        _weight.Add(row.Weight);
    }

    public void Merge(BrierAccumulator other)
    {
        _squares.Add(other._squares.Value);
        _weight.Add(other._weight.Value);
    }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>The weighted share of rows whose predicted class is the true one.</summary>
internal sealed class AccuracyAccumulator
{
    private CompensatedSum _correct;
    private CompensatedSum _total;

    /// <summary>NaN without rows.</summary>
    public double Accuracy => _correct.Value / _total.Value;

    public void Add(in EvaluatedRow row)
    {
        _total.Add(row.Weight);
        if (row.Predicted == row.Label)
            _correct.Add(row.Weight);
    }

    public void Merge(AccuracyAccumulator other)
    {
        _correct.Add(other._correct.Value);
        _total.Add(other._total.Value);
    }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>The weighted share of rows whose predicted class is the true one; a soft label counts by its share of that class.</summary>
internal sealed class AccuracyAccumulator
{
    private CompensatedSum _correct;
    private CompensatedSum _total;

    /// <summary>NaN without rows.</summary>
    public double Accuracy => _correct.Value / _total.Value;

    public void Add(in EvaluatedRow row)
    {
        _total.Add(row.Weight);
        _correct.Add(row.Weight * row.TargetOf(row.Predicted));
    }

    public void AddMistake(double weight) => _total.Add(weight);

    public void Merge(AccuracyAccumulator other)
    {
        _correct.Add(other._correct.Value);
        _total.Add(other._total.Value);
    }
}

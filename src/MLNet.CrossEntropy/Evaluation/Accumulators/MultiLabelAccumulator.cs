using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What a multi-label row amounts to over all its labels.</summary>
internal sealed class MultiLabelAccumulator
{
    private LogLossSums _logLoss;
    private CompensatedSum _wrong;
    private CompensatedSum _allRight;

    public ref readonly LogLossSums LogLoss => ref _logLoss;

    /// <summary>The weighted share of wrong answers; NaN without rows.</summary>
    public double HammingLoss => _wrong.Value / _logLoss.Weight;

    /// <summary>The weighted share of rows with every answer right; NaN without rows.</summary>
    public double SubsetAccuracy => _allRight.Value / _logLoss.Weight;

    /// <summary>Adds a row by its mean loss over labels, the share of its wrong answers, and whether all were right.</summary>
    public void Add(double loss, double clippedLoss, double wrong, double allRight, double weight)
    {
        _logLoss.Add(loss, clippedLoss, weight);
        _wrong.Add(weight * wrong);
        _allRight.Add(weight * allRight);
    }
}

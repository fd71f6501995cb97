namespace MLNet.CrossEntropy;

/// <summary>Log-loss of all rows and of each class's rows.</summary>
internal sealed class LogLossAccumulator(int classes, double probabilityFloor)
{
    private readonly LogLossSums[] _ofClass = new LogLossSums[classes];
    private LogLossSums _total;

    /// <summary>The loss of a probability at the floor, the largest a clipped row can have.</summary>
    public double FloorLoss { get; } = -Math.Log(probabilityFloor);

    public ref readonly LogLossSums Total => ref _total;

    public ReadOnlySpan<LogLossSums> OfClass => _ofClass;

    public void Add(in EvaluatedRow row)
    {
        _total.Add(row, FloorLoss);
        _ofClass[row.Label].Add(row, FloorLoss);
    }

    public void Merge(LogLossAccumulator other)
    {
        _total.Merge(other._total);
        for (int k = 0; k < _ofClass.Length; k++)
            _ofClass[k].Merge(other._ofClass[k]);
    }

    /// <summary>Each class's share of the weight; NaN without rows.</summary>
    public double[] ClassShares()
    {
        double[] shares = new double[_ofClass.Length];
        for (int k = 0; k < shares.Length; k++)
            shares[k] = _ofClass[k].Weight / _total.Weight;
        return shares;
    }
}

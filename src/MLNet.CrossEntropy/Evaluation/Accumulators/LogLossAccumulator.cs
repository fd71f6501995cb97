namespace MLNet.CrossEntropy;

/// <summary>Log-loss of all rows and of each class: a soft label counts for each of its classes by its share.</summary>
internal sealed class LogLossAccumulator(int classes, LossFloor floor)
{
    private readonly LogLossSums[] _ofClass = new LogLossSums[classes];
    private LogLossSums _total;

    public ref readonly LogLossSums Total => ref _total;

    public ReadOnlySpan<LogLossSums> OfClass => _ofClass;

    public void Add(in EvaluatedRow row)
    {
        _total.Add(row.Loss, row.ClippedLoss, row.Weight);
        if (!row.IsSoft)
        {
            _ofClass[row.Label].Add(row.Loss, row.ClippedLoss, row.Weight);
            return;
        }
        for (int k = 0; k < row.Target.Length; k++)
        {
            if (row.Target[k] > 0)
                _ofClass[k].Add(row.ClassLosses[k], floor.Clip(row.ClassLosses[k]), row.Weight * row.Target[k]);
        }
    }

    /// <summary>Adds a row whose true class (or -1) counts as given probability 0.</summary>
    public void AddMistake(int label, double weight)
    {
        _total.Add(double.PositiveInfinity, floor.Largest, weight);
        if (label >= 0)
            _ofClass[label].Add(double.PositiveInfinity, floor.Largest, weight);
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
        double weight = _ofClass.Sum(c => c.Weight);
        return [.. _ofClass.Select(c => c.Weight / weight)];
    }
}

using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Log-loss of all rows and of each class: a soft label counts for each of its classes by its share.</summary>
internal sealed class LogLossAccumulator(int classes, LossFloor floor) : IAccumulator<LogLossAccumulator>
{
    private readonly LogLossSums[] _ofClass = new LogLossSums[classes];
    private LogLossSums _total;
    private double[] _losses = [];
    private double[] _clippedLosses = [];
    private double[] _weights = [];

    public ref readonly LogLossSums Total => ref _total;

    public ReadOnlySpan<LogLossSums> OfClass => _ofClass;

    public void Add(EvaluatedBlock block)
    {
        _total.Add(block.Losses.AsSpan(0, block.Count), block.ClippedLosses.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
        AddHard(block);
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                AddSoft(block, row);
        }
        // Their true class, where they have one, counts as given probability 0.
        foreach ((_, var label, var weight) in block.Mistakes)
        {
            _total.Add(double.PositiveInfinity, floor.Largest, weight);
            if (label >= 0)
                _ofClass[label].Add(double.PositiveInfinity, floor.Largest, weight);
        }
    }

    public void Merge(LogLossAccumulator other)
    {
        _total.Merge(other._total);
        for (var k = 0; k < _ofClass.Length; k++)
            _ofClass[k].Merge(other._ofClass[k]);
    }

    /// <summary>Each class's share of the weight; NaN without rows.</summary>
    public double[] ClassShares()
    {
        var weight = _ofClass.Sum(c => c.Weight);
        return [.. _ofClass.Select(c => c.Weight / weight)];
    }

    /// <summary>Adds the rows of each class at once: brought together they are a loop over vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddHard(EvaluatedBlock block)
    {
        if (_losses.Length < block.Stride)
            (_losses, _clippedLosses, _weights) = (new double[block.Stride], new double[block.Stride], new double[block.Stride]);
        var rows = block.ByClass.All;
        for (var i = 0; i < rows.Length; i++)
            (_losses[i], _clippedLosses[i], _weights[i]) = (block.Losses[rows[i]], block.ClippedLosses[rows[i]], block.Weights[rows[i]]);
        for (var k = 0; k < classes; k++)
        {
            var range = block.ByClass.StartOf(k)..block.ByClass.StartOf(k + 1);
            if (!range.Start.Equals(range.End))
                _ofClass[k].Add(_losses.AsSpan(range), _clippedLosses.AsSpan(range), _weights.AsSpan(range));
        }
    }

    private void AddSoft(EvaluatedBlock block, int row)
    {
        for (var k = 0; k < _ofClass.Length; k++)
        {
            var share = block.TargetOf(k, row);
            var loss = block.ClassLosses[k * block.Stride + row];
            if (share > 0)
                _ofClass[k].Add(loss, floor.Clip(loss), block.Weights[row] * share);
        }
    }
}

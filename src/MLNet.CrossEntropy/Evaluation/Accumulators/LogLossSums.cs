using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The weighted sums behind one log-loss. Losses of clipped rows are kept apart, so that the unclipped and the clipped
/// log-loss come from one pass and an infinite loss spoils neither the compensated sum nor the standard error.
/// </summary>
internal struct LogLossSums
{
    private CompensatedSum _weight;
    private CompensatedSum _unclippedLoss;
    private CompensatedSum _clippedRowsWeight;
    private double _clippedRowsLoss;
    private WeightedMoments _moments;

    public long Rows { get; private set; }

    public long ClippedRows { get; private set; }

    public readonly double Weight => _weight.Value;

    public readonly double EffectiveRows => _moments.EffectiveCount;

    /// <summary>Mean loss without a floor; NaN without rows.</summary>
    public readonly double LogLoss => (_unclippedLoss.Value + _clippedRowsLoss) / Weight;

    /// <summary>The standard error of the clipped mean loss.</summary>
    public readonly double StandardError => _moments.StandardError;

    public void Add(in EvaluatedRow row, double floorLoss)
    {
        Rows++;
        _weight.Add(row.Weight);
        _moments.Add(row.IsClipped ? floorLoss : row.Loss, row.Weight);
        if (row.IsClipped)
        {
            ClippedRows++;
            _clippedRowsWeight.Add(row.Weight);
            _clippedRowsLoss += row.Weight * row.Loss;
        }
        else
        {
            _unclippedLoss.Add(row.Weight * row.Loss);
        }
    }

    public void Merge(in LogLossSums other)
    {
        Rows += other.Rows;
        ClippedRows += other.ClippedRows;
        _weight.Add(other._weight.Value);
        _unclippedLoss.Add(other._unclippedLoss.Value);
        _clippedRowsWeight.Add(other._clippedRowsWeight.Value);
        _clippedRowsLoss += other._clippedRowsLoss;
        _moments.Merge(other._moments);
    }

    /// <summary>Mean loss with each clipped row's loss lowered to that of the floor; NaN without rows.</summary>
    public readonly double ClippedLogLoss(double floorLoss) => (_unclippedLoss.Value + _clippedRowsWeight.Value * floorLoss) / Weight;

    /// <summary>The share of the clipped loss that the clipped rows carry; NaN where there is no loss at all.</summary>
    public readonly double ClippedShare(double floorLoss)
    {
        double clipped = _clippedRowsWeight.Value * floorLoss;
        return ClippedRows == 0 && Rows > 0 ? 0 : clipped / (_unclippedLoss.Value + clipped);
    }
}

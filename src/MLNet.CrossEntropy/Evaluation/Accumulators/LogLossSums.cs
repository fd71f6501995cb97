using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The weighted sums behind one log-loss. Losses of clipped rows are kept apart, so that the unclipped and the clipped
/// log-loss come from one pass and an infinite loss spoils neither the compensated sum nor the standard error.
/// </summary>
internal struct LogLossSums
{
    private CompensatedSum _weight;
    private CompensatedSum _unclippedRows;
    private CompensatedSum _clippedRowsAtFloor;
    private double _clippedRows;
    private WeightedMoments _moments;

    public long Rows { get; private set; }

    public long ClippedRows { get; private set; }

    public readonly double Weight => _weight.Value;

    public readonly double EffectiveRows => _moments.EffectiveCount;

    /// <summary>Mean loss without a floor; NaN without rows.</summary>
    public readonly double LogLoss => (_unclippedRows.Value + _clippedRows) / Weight;

    /// <summary>Mean loss with a floor under the probabilities; NaN without rows.</summary>
    public readonly double ClippedLogLoss => (_unclippedRows.Value + _clippedRowsAtFloor.Value) / Weight;

    /// <summary>The share of the clipped loss that the clipped rows carry; NaN without rows.</summary>
    public readonly double ClippedShare =>
        ClippedRows == 0 && Rows > 0 ? 0 : _clippedRowsAtFloor.Value / (_unclippedRows.Value + _clippedRowsAtFloor.Value);

    /// <summary>The standard error of the clipped mean loss.</summary>
    public readonly double StandardError => _moments.StandardError;

    public void Add(double loss, double clippedLoss, double weight)
    {
        Rows++;
        _weight.Add(weight);
        _moments.Add(clippedLoss, weight);
        if (clippedLoss < loss)
        {
            ClippedRows++;
            _clippedRowsAtFloor.Add(weight * clippedLoss);
            _clippedRows += weight * loss;
        }
        else
        {
            _unclippedRows.Add(weight * loss);
        }
    }

    /// <summary>Adds rows, all at once where none of them is clipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> losses, ReadOnlySpan<double> clippedLosses, ReadOnlySpan<double> weights)
    {
        // As integers, which compares vectors of them: what is not clipped is the same bits.
        if (MemoryMarshal.Cast<double, long>(losses).SequenceEqual(MemoryMarshal.Cast<double, long>(clippedLosses)))
        {
            Rows += losses.Length;
            _weight.Add(SpanMath.Sum(weights));
            _unclippedRows.Add(SpanMath.Dot(weights, losses));
            _moments.Merge(WeightedMoments.Of(losses, weights));
            return;
        }
        for (var row = 0; row < losses.Length; row++)
            Add(losses[row], clippedLosses[row], weights[row]);
    }

    public void Merge(in LogLossSums other)
    {
        Rows += other.Rows;
        ClippedRows += other.ClippedRows;
        _weight.Add(other._weight.Value);
        _unclippedRows.Add(other._unclippedRows.Value);
        _clippedRowsAtFloor.Add(other._clippedRowsAtFloor.Value);
        _clippedRows += other._clippedRows;
        _moments.Merge(other._moments);
    }
}

using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What multi-label rows amount to over all the answers that they have.</summary>
internal sealed class MultiLabelAccumulator(SegmentAccumulator? segments)
{
    private LogLossSums _logLoss;
    private CompensatedSum _wrong;
    private CompensatedSum _allRight;
    private CompensatedSum _rowWeight;

    public RowCounter Rows { get; } = new();

    /// <summary>Null where no column of segments is named.</summary>
    public SegmentAccumulator? Segments => segments;

    public ref readonly LogLossSums LogLoss => ref _logLoss;

    /// <summary>The weighted share of wrong answers; NaN without any.</summary>
    public double HammingLoss => _wrong.Value / _logLoss.Weight;

    /// <summary>The weighted share of rows with every answer right; NaN without rows.</summary>
    public double SubsetAccuracy => _allRight.Value / _rowWeight.Value;

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        Rows.Serialize(state);
        state.Raw(ref _logLoss);
        state.Raw(ref _wrong);
        state.Raw(ref _allRight);
        state.Raw(ref _rowWeight);
        segments?.Serialize(state);
    }

    public void Add(MultiLabelBlock block)
    {
        var rows = block.OfRows;
        Rows.Merge(rows.Outcomes);
        for (var row = 0; row < rows.Count; row++)
        {
            var weight = rows.Weights[row];
            _logLoss.Add(rows.Losses[row], rows.ClippedLosses[row], weight, rows.IsRounded(row));
            _wrong.Add(weight * (1 - rows.Hits[row]));
            _allRight.Add(block.AllRight[row]);
            _rowWeight.Add(block.RowWeights[row]);
        }
        segments?.Add(block);
    }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What multi-label rows amount to: each label, and rows over all the answers that they have.</summary>
internal sealed class MultiLabelAccumulator(MetricAccumulators[] ofLabel) : IRowSums<MultiLabelBlock, MultiLabelAccumulator>
{
    private LogLossSums _logLoss;
    private CompensatedSum _wrong;
    private CompensatedSum _allRight;
    private CompensatedSum _rowWeight;

    public IReadOnlyList<MetricAccumulators> OfLabel => ofLabel;

    public RowCounter Rows { get; } = new();

    public ref readonly LogLossSums LogLoss => ref _logLoss;

    /// <summary>The weighted share of wrong answers; NaN without any.</summary>
    public double HammingLoss => _wrong.Value / _logLoss.Weight;

    /// <summary>The weighted share of rows with every answer right; NaN without rows.</summary>
    public double SubsetAccuracy => _allRight.Value / _rowWeight.Value;

    public void Merge(MultiLabelAccumulator other)
    {
        for (var label = 0; label < ofLabel.Length; label++)
            ofLabel[label].Merge(other.OfLabel[label]);
        Rows.Merge(other.Rows);
        _logLoss.Merge(other._logLoss);
        _wrong.Add(other._wrong);
        _allRight.Add(other._allRight);
        _rowWeight.Add(other._rowWeight);
    }

    public void Add(MultiLabelBlock block)
    {
        for (var label = 0; label < ofLabel.Length; label++)
            ofLabel[label].Add(block.OfLabel[label]);
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
    }
}

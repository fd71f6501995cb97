namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What multi-label rows amount to over all their labels.</summary>
internal sealed class MultiLabelAccumulator
{
    private LogLossSums _logLoss;
    private CompensatedSum _wrong;
    private CompensatedSum _allRight;

    public RowCounter Rows { get; } = new();

    public ref readonly LogLossSums LogLoss => ref _logLoss;

    /// <summary>The weighted share of wrong answers; NaN without rows.</summary>
    public double HammingLoss => _wrong.Value / _logLoss.Weight;

    /// <summary>The weighted share of rows with every answer right; NaN without rows.</summary>
    public double SubsetAccuracy => _allRight.Value / _logLoss.Weight;

    public void Add(MultiLabelBlock block)
    {
        var rows = block.OfLabel[0];
        Rows.Merge(rows.Outcomes);
        for (var row = 0; row < rows.Count; row++)
        {
            var weight = rows.Weights[row];
            _logLoss.Add(block.Losses[row], block.ClippedLosses[row], weight);
            _wrong.Add(weight * block.Wrong[row]);
            _allRight.Add(weight * block.AllRight[row]);
        }
    }
}

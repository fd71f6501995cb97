namespace MLNet.CrossEntropy.Comparison;

/// <summary>Keeps the k rows that speak most for one model of a pair; of equals the earlier ones.</summary>
internal sealed class LargestDifferences(int capacity)
{
    private readonly PriorityQueue<RowDifference, (double Contribution, long FromEnd)> _rows = new();

    public bool Admits(double contribution) =>
        contribution > 0 && capacity > 0 && (_rows.Count < capacity || (_rows.TryPeek(out _, out var least) && contribution > least.Contribution));

    public void Add(RowDifference row, double contribution)
    {
        if (_rows.Count == capacity)
            _ = _rows.Dequeue();
        _rows.Enqueue(row, (contribution, -row.Row));
    }

    /// <summary>The rows, weightiest first, with contributions to the mean of so much weight.</summary>
    public RowDifference[] ToRows(double weight) =>
    [
        .. _rows.UnorderedItems.OrderByDescending(r => r.Priority)
            .Select(r => r.Element with { Contribution = r.Element.Contribution / weight }),
    ];
}

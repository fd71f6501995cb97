namespace MLNet.CrossEntropy;

/// <summary>Keeps the k rows of the largest losses, whatever the order they come in.</summary>
internal sealed class WorstRowsAccumulator(int capacity)
{
    private readonly List<Entry> _rows = [];

    /// <summary>Largest loss first; of equal losses the earlier row.</summary>
    public IReadOnlyList<Entry> Rows => _rows;

    public void Add(in EvaluatedRow row)
    {
        // Nearly every row of a large data set ends here.
        if (_rows.Count == capacity && (capacity == 0 || row.Loss < _rows[^1].Loss))
            return;
        int label = row.IsSoft ? IndexOfLargest(row.Target) : row.Label;
        Add(new Entry(row.Row, label, row.Predicted, row.Probabilities[row.Predicted], row.Loss, row.Weight));
    }

    public void Merge(WorstRowsAccumulator other)
    {
        foreach (Entry row in other._rows)
            Add(row);
    }

    private void Add(Entry row)
    {
        int place = _rows.Count;
        while (place > 0 && row.IsWorseThan(_rows[place - 1]))
            place--;
        if (place == capacity)
            return;
        if (_rows.Count == capacity)
            _rows.RemoveAt(capacity - 1);
        _rows.Insert(place, row);
    }

    private static int IndexOfLargest(ReadOnlySpan<double> target)
    {
        int best = 0;
        for (int k = 1; k < target.Length; k++)
        {
            if (target[k] > target[best])
                best = k;
        }
        return best;
    }

    internal readonly record struct Entry(long Row, int Label, int Predicted, double PredictedProbability, double Loss, double Weight)
    {
        public bool IsWorseThan(Entry other) => Loss > other.Loss || (Loss == other.Loss && Row < other.Row);
    }
}

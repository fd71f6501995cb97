using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Keeps the k rows of the largest losses, whatever the order they come in.</summary>
internal sealed class WorstRowsAccumulator(int capacity) : IAccumulator<WorstRowsAccumulator>
{
    private readonly List<Entry> _rows = [];

    /// <summary>Largest loss first; of equal losses the earlier row.</summary>
    public IReadOnlyList<Entry> Rows => _rows;

    /// <summary>The least loss that is still worth keeping.</summary>
    private double Least => _rows.Count < capacity ? double.NegativeInfinity : _rows[^1].Loss;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(EvaluatedBlock block)
    {
        if (capacity == 0)
            return;
        var least = Least;
        ReadOnlySpan<double> losses = block.Losses.AsSpan(0, block.Count);
        for (var row = 0; row < losses.Length; row++)
        {
            // Nearly every row of a large data set ends here.
            if (losses[row] < least)
                continue;
            var label = block.Labels[row] < 0 ? IndexOfLargestShare(block, row) : block.Labels[row];
            Add(new Entry(block.PositionOf(row), block.IdOf(block.Sources[row]), label, block.Predicted[row], ForecastKey.Probability(block.TopForecasts[row]), block.Losses[row], block.Weights[row]));
            least = Least;
        }
        foreach ((var source, var label, var weight) in block.Mistakes)
            Add(new Entry(block.FirstRow + source, block.IdOf(source), label, -1, double.NaN, double.PositiveInfinity, weight));
    }

    public void Merge(WorstRowsAccumulator other)
    {
        foreach (var row in other._rows)
            Add(row);
    }

    public void Add(Entry row)
    {
        var place = _rows.Count;
        while (place > 0 && row.IsWorseThan(_rows[place - 1]))
            place--;
        if (place == capacity)
            return;
        if (_rows.Count == capacity)
            _rows.RemoveAt(capacity - 1);
        _rows.Insert(place, row);
    }

    private static int IndexOfLargestShare(EvaluatedBlock block, int row)
    {
        var best = 0;
        for (var k = 1; k < block.Classes; k++)
        {
            if (block.TargetOf(k, row) > block.TargetOf(best, row))
                best = k;
        }
        return best;
    }

    /// <summary>A row; -1 stands for a class the model does not know, and for the prediction of scores that are none.</summary>
    internal readonly record struct Entry(long Row, string? Id, int Label, int Predicted, double PredictedProbability, double Loss, double Weight)
    {
        public bool IsWorseThan(Entry other) => Loss > other.Loss || (Loss == other.Loss && Row < other.Row);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>How the loss is spread over the rows; see <see cref="RowLosses"/>.</summary>
internal sealed class RowLossAccumulator(int worstRows, LossFloor floor)
{
    private const int LossBinsPerNat = 16;
    private const int LargestLoss = 40;
    private const int ProbabilityBins = 100;

    public LossHistogram ByLoss { get; } = new(LargestLoss * LossBinsPerNat + 1, LossBinsPerNat, double.PositiveInfinity);

    public LossHistogram ByProbability { get; } = new(ProbabilityBins, ProbabilityBins, 1);

    public WorstRowsAccumulator Worst { get; } = new(worstRows);

    public void Add(EvaluatedBlock block)
    {
        ReadOnlySpan<double> losses = block.Losses.AsSpan(0, block.Count), probabilities = block.Probabilities.AsSpan(0, block.Count);
        if (block.IsPlain)
        {
            ByLoss.AddPlain(losses, losses);
            ByProbability.AddPlain(probabilities, losses);
        }
        else
        {
            ReadOnlySpan<double> clipped = block.ClippedLosses.AsSpan(0, block.Count), weights = block.Weights.AsSpan(0, block.Count);
            ByLoss.Add(losses, clipped, weights);
            ByProbability.Add(probabilities, clipped, weights);
        }
        // A mistake counts as given probability 0.
        foreach ((_, _, var weight) in block.Mistakes)
        {
            ByLoss.Add(double.PositiveInfinity, floor.Largest, weight);
            ByProbability.Add(0, floor.Largest, weight);
        }
        Worst.Add(block);
    }

    /// <summary>Takes over the rows of a part.</summary>
    public void Merge(RowLossAccumulator part)
    {
        ByLoss.Merge(part.ByLoss);
        ByProbability.Merge(part.ByProbability);
        foreach (var row in part.Worst.Rows)
            Worst.Add(row);
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        ByLoss.Serialize(state);
        ByProbability.Serialize(state);
        Worst.Serialize(state);
    }
}

/// <summary>
/// Rows, weights and losses in intervals <c>[b/n, (b+1)/n)</c> of some figure; the last interval takes all that is beyond.
/// </summary>
/// <param name="bins">The number of intervals.</param>
/// <param name="perUnit">n, the number of intervals in 1.</param>
/// <param name="end">The upper edge of the last interval.</param>
internal sealed class LossHistogram(int bins, int perUnit, double end)
{
    private const int FractionBits = 44;

    // Rows, weights, weighted losses: as one vector they are one addition.
    private readonly Vector256<double>[] _bins = new Vector256<double>[bins];

    // Of plain rows their number and, in two parts, the sum of their losses in 2^-44: whole numbers need no order.
    private readonly Vector256<long>[] _plain = new Vector256<long>[bins];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> values, ReadOnlySpan<double> losses, ReadOnlySpan<double> weights)
    {
        losses = losses[..values.Length];
        weights = weights[..values.Length];
        for (var row = 0; row < values.Length; row++)
            Add(values[row], losses[row], weights[row]);
    }

    public void Add(double value, double loss, double weight) =>
        _bins[BinOf(value)] += Vector256.Create(1, weight, weight * loss, 0);

    /// <summary>Adds rows of weight 1 whose losses are finite; the outcome is the same bits in whatever order they come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddPlain(ReadOnlySpan<double> values, ReadOnlySpan<double> losses)
    {
        losses = losses[..values.Length];
        for (var row = 0; row < values.Length; row++)
        {
            var loss = (long)(losses[row] * (1L << FractionBits));
            _plain[BinOf(values[row])] += Vector256.Create(1, loss >> 32, loss & uint.MaxValue, 0);
        }
    }

    /// <summary>Takes over the rows of a part.</summary>
    public void Merge(LossHistogram part)
    {
        for (var b = 0; b < bins; b++)
            (_bins[b], _plain[b]) = (_bins[b] + part._bins[b], _plain[b] + part._plain[b]);
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw<Vector256<double>>(_bins);
        state.Raw<Vector256<long>>(_plain);
    }

    /// <summary>The intervals that hold rows, in order.</summary>
    public LossBin[] ToBins() => [.. Enumerable.Range(0, bins).Select(ToBin).Where(bin => bin.Rows > 0)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BinOf(double value) => (int)double.MinNative(value * perUnit, bins - 1);

    private LossBin ToBin(int b)
    {
        (var weighed, var plain) = (_bins[b], _plain[b]);
        var loss = weighed[2] + (Math.ScaleB(plain[1], 32 - FractionBits) + Math.ScaleB(plain[2], -FractionBits));
        var upper = b < bins - 1 ? (b + 1.0) / perUnit : end;
        return new((double)b / perUnit, upper, (long)weighed[0] + plain[0], weighed[1] + plain[0], loss);
    }
}

/// <summary>Keeps the k rows of the largest losses, whatever the order they come in.</summary>
internal sealed class WorstRowsAccumulator(int capacity)
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
            (var id, var probability) = (block.IdOf(block.Sources[row]), ForecastKey.Probability(block.TopForecasts[row]));
            Add(new Entry(block.PositionOf(row), id, label, block.Predicted[row], probability, losses[row], block.Weights[row]));
            least = Least;
        }
        foreach ((var source, var label, var weight) in block.Mistakes)
            Add(new Entry(block.FirstRow + source, block.IdOf(source), label, -1, double.NaN, double.PositiveInfinity, weight));
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

    /// <summary>Writes the rows, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        var count = _rows.Count;
        state.Raw(ref count);
        if (state.IsReading)
            CollectionsMarshal.SetCount(_rows, count);
        foreach (ref var entry in CollectionsMarshal.AsSpan(_rows))
        {
            var (row, id, label, predicted, probability, loss, weight) = entry;
            state.Raw(ref row);
            state.Optional(ref id);
            state.Raw(ref label);
            state.Raw(ref predicted);
            state.Raw(ref probability);
            state.Raw(ref loss);
            state.Raw(ref weight);
            entry = new(row, id, label, predicted, probability, loss, weight);
        }
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
    internal readonly record struct Entry(
        long Row, string? Id, int Label, int Predicted, double PredictedProbability, double Loss, double Weight)
    {
        public bool IsWorseThan(Entry other) => Loss > other.Loss || (Loss == other.Loss && Row < other.Row);
    }
}

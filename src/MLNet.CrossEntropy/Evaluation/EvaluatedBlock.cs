using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Some rows as the accumulators see them: only those that can be evaluated, column by column. Tables over classes lie class after class
/// (<see cref="Column{T}"/>), so that a loop over rows is a loop over vectors; what stands beyond <see cref="Count"/> means nothing.
/// </summary>
internal sealed class EvaluatedBlock
{
    // As many as the largest vector has floats.
    private const int Padding = 16;

    private readonly string?[] _ids;
    private readonly int[] _segments;
    private readonly HashSet<int> _rounded = [];

    private EvaluatedBlock(int classes, int scores, int forecasts, ScoredBlock rows, bool hasSoftLabels, bool hasRanks, bool hasOthers)
    {
        (_ids, _segments) = (new string?[rows.Ids.Length], new int[rows.Segments.Length]);
        (Classes, HasSoftLabels) = (classes, hasSoftLabels);
        // An odd number of cache lines: columns at powers of two from each other would fight for the same places in the cache.
        Stride = (rows.Capacity + 2 * Padding - 1) / (2 * Padding) * 2 * Padding + Padding;
        ByClass = new(classes, Stride);
        Sources = new int[Stride];
        Labels = new int[Stride];
        Weights = new double[Stride];
        Array.Fill(Weights, 1);
        Losses = new double[Stride];
        ClippedLosses = new double[Stride];
        Predicted = new int[Stride];
        Hits = new double[Stride];
        TopForecasts = new long[Stride];
        SquaredErrors = new double[Stride];
        Probabilities = new double[Stride];
        Forecasts = new long[forecasts * Stride];
        Targets = hasSoftLabels ? new double[classes * Stride] : [];
        ClassLosses = hasSoftLabels ? new double[classes * Stride] : [];
        Scores = new float[scores * Stride];
        TopScores = new float[hasRanks ? Stride : 0];
        Others = new double[hasOthers ? Stride : 0];
        (Higher, TiesBelow, Ties) = hasRanks ? (new int[Stride], new int[Stride], new int[Stride]) : ([], [], []);
    }

    /// <summary>A block for the rows of <paramref name="rows"/>, one score a class.</summary>
    public static EvaluatedBlock OfMulticlass(ScoredBlock rows, bool fromLogits) =>
        new(rows.Width, rows.Width, fromLogits ? rows.Width : 0, rows, rows.HasSoftLabels, hasRanks: true, hasOthers: fromLogits);

    /// <summary>A block for the rows of <paramref name="rows"/>, evaluated as a binary model's.</summary>
    public static EvaluatedBlock OfBinary(ScoredBlock rows) =>
        new(2, 1, 1, rows, hasSoftLabels: true, hasRanks: false, hasOthers: false);

    public int Classes { get; }

    /// <summary>The length of a column.</summary>
    public int Stride { get; }

    /// <summary>The position in the data of the first row of the block it came from, 0-based.</summary>
    public long FirstRow { get; private set; }

    /// <summary>The number of rows.</summary>
    public int Count { get; set; }

    /// <summary>What became of all rows that were looked at, those left out among them.</summary>
    public RowCounter Outcomes { get; } = new();

    /// <summary>Bad rows that count as mistakes: where they stand in the block they came from, their class (or -1) and weight.</summary>
    public List<(int Source, int Label, double Weight)> Mistakes { get; } = [];

    /// <summary>Rows left out or counted as mistakes: where they stand in the block they came from, why, and which of the two.</summary>
    public List<(int Source, RowOutcome Outcome, bool IsMistake)> BadRows { get; } = [];

    /// <summary>Whether a row's true class has a probability that was rounded to 0, so that its loss is the least that it can be.</summary>
    public bool HasRounded => _rounded.Count > 0;

    /// <summary>
    /// Whether every row has weight 1, a class and a loss that no floor bounds: they are counted in whole numbers, in any order. Set by
    /// <see cref="SortByClass"/>.
    /// </summary>
    public bool IsPlain { get; private set; }

    /// <summary>Whether labels may be soft, that is shares of the classes.</summary>
    public bool HasSoftLabels { get; }

    /// <summary>The rows by their class, once <see cref="SortByClass"/> has sorted them.</summary>
    public RowsByClass ByClass { get; }

    /// <summary>Where each row stands in the block it came from.</summary>
    public int[] Sources { get; }

    /// <summary>The index of the true class; -1 for a soft label.</summary>
    public int[] Labels { get; }

    /// <summary>Greater than 0.</summary>
    public double[] Weights { get; }

    /// <summary>-sum_k p_k ln q_k, without a floor; it may be infinite.</summary>
    public double[] Losses { get; }

    /// <summary>The same with a floor under q; smaller than the loss just where the row is clipped.</summary>
    public double[] ClippedLosses { get; }

    /// <summary>The class predicted: the most probable, the lowest of equals.</summary>
    public int[] Predicted { get; }

    /// <summary>The share of the predicted class in the label: 0 or 1 for a hard one.</summary>
    public double[] Hits { get; }

    /// <summary>The probability of the predicted class, a <see cref="ForecastKey"/>.</summary>
    public long[] TopForecasts { get; }

    /// <summary>The probability of the true class, 0 where it was rounded to that; of a soft label exp(-loss).</summary>
    public double[] Probabilities { get; }

    /// <summary>sum_k (q_k - p_k)^2.</summary>
    public double[] SquaredErrors { get; }

    /// <summary>
    /// The <see cref="ForecastKey"/> of each class's probability; of a binary model's, the positive class's alone. Empty where the
    /// scores are probabilities themselves.
    /// </summary>
    public long[] Forecasts { get; }

    /// <summary>Each class's share p_k of the label; empty without soft labels, unset for hard ones.</summary>
    public double[] Targets { get; }

    /// <summary>-ln q_k of each class; empty without soft labels, unset for hard ones.</summary>
    public double[] ClassLosses { get; }

    /// <summary>The scores, which rank classes even where probabilities underflow; a binary model has one, and no ranks.</summary>
    public float[] Scores { get; }

    /// <summary>The largest score.</summary>
    public float[] TopScores { get; }

    /// <summary>Of logits z: sum_k exp(z_k - max) over all classes but the predicted one; of probabilities empty.</summary>
    public double[] Others { get; }

    /// <summary>The number of scores above that of the true class; unset for a soft label.</summary>
    public int[] Higher { get; }

    /// <summary>The number of scores of lower index equal to that of the true class; unset for a soft label.</summary>
    public int[] TiesBelow { get; }

    /// <summary>The number of other scores equal to that of the true class; unset for a soft label.</summary>
    public int[] Ties { get; }

    /// <summary>Class k's column of a table over classes.</summary>
    public Span<T> Column<T>(T[] table, int k) => table.AsSpan(k * Stride, Stride);

    /// <summary>Whether this row's is (<see cref="HasRounded"/>).</summary>
    public bool IsRounded(int row) => _rounded.Contains(row);

    public void MarkRounded(int row) => _rounded.Add(row);

    /// <summary>Marks the rows of hard labels whose probability of the true class is 0.</summary>
    public void MarkRounded()
    {
        for (var row = 0; row < Count; row++)
        {
            if (Labels[row] >= 0 && Probabilities[row] == 0)
                _rounded.Add(row);
        }
    }

    /// <summary>Where a row stands in the data, 0-based.</summary>
    public long PositionOf(int row) => FirstRow + Sources[row];

    /// <summary>
    /// The name of a row, given where it stands in the block it came from; null where it has none or nobody asked for it.
    /// </summary>
    public string? IdOf(int source) => _ids.Length == 0 ? null : _ids[source];

    /// <summary>The segment of a row, given where it stands in the block it came from.</summary>
    public int SegmentOf(int source) => _segments[source];

    /// <summary>The <see cref="ForecastKey"/> of each row's probability in a column of <see cref="Forecasts"/>.</summary>
    public void ForecastsOf(int column, Span<long> keys)
    {
        if (Forecasts.Length == 0)
            ForecastKey.Of(Column(Scores, column)[..Count], keys);
        else
            Column(Forecasts, column)[..Count].CopyTo(keys);
    }

    /// <summary>Class k's share of a row's label.</summary>
    public double TargetOf(int k, int row) => Labels[row] < 0 ? Targets[k * Stride + row] : Labels[row] == k ? 1 : 0;

    /// <summary>Class k's share of every row's label.</summary>
    public void TargetsOf(int k, Span<double> shares)
    {
        Vector<int> classes = new(k);
        for (var row = 0; row < Count; row += Vector<int>.Count)
        {
            Vector.Widen(Vector.Equals(new Vector<int>(Labels, row), classes), out var lower, out var upper);
            (Vector.AsVectorDouble(lower) & Vector<double>.One).CopyTo(shares[row..]);
            (Vector.AsVectorDouble(upper) & Vector<double>.One).CopyTo(shares[(row + Vector<double>.Count)..]);
        }
        for (var row = 0; HasSoftLabels && row < Count; row++)
        {
            if (Labels[row] < 0)
                shares[row] = Targets[k * Stride + row];
        }
    }

    /// <summary>Starts over with rows of another block.</summary>
    public void StartFrom(ScoredBlock rows)
    {
        Clear();
        FirstRow = rows.FirstRow;
        rows.Ids.CopyTo(_ids, 0);
        rows.Segments.CopyTo(_segments, 0);
    }

    /// <summary>Takes over a row's label, weight and position.</summary>
    public void Take(ScoredBlock rows, int row)
    {
        Sources[Count] = row;
        Labels[Count] = Math.Max(rows.Labels[row], -1);
        Weights[Count++] = rows.Weights[row];
    }

    /// <summary>
    /// Takes over the labels and weights of all rows; false, and nothing meaningful, where one has no class or no weight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TakeAll(ScoredBlock rows)
    {
        StartFrom(rows);
        Count = rows.Count;
        ReadOnlySpan<int> labels = rows.Labels.AsSpan(0, Count);
        ReadOnlySpan<double> weights = rows.Weights.AsSpan(0, Count);
        if (labels.ContainsAnyExceptInRange(0, Classes - 1) || (rows.HasWeights && weights.Contains(0)))
            return false;
        labels.CopyTo(Labels);
        if (rows.HasWeights)
            weights.CopyTo(Weights);
        for (var row = 0; row < Count; row++)
            Sources[row] = row;
        Outcomes.Add(RowOutcome.Used, Count);
        return true;
    }

    /// <summary>Sorts evaluated rows by their class, for the accumulators.</summary>
    public void SortByClass()
    {
        ByClass.Sort(Labels.AsSpan(0, Count), Predicted.AsSpan(0, Count), Weights.AsSpan(0, Count));
        // As integers, which compares vectors of them: what is not clipped is the same bits.
        IsPlain = ByClass.IsPlain && !HasRounded && Mistakes.Count == 0
            && MemoryMarshal.Cast<double, long>(Losses.AsSpan(0, Count))
                .SequenceEqual(MemoryMarshal.Cast<double, long>(ClippedLosses.AsSpan(0, Count)));
    }

    public void Clear()
    {
        Count = 0;
        _rounded.Clear();
        Outcomes.Clear();
        Mistakes.Clear();
        BadRows.Clear();
    }
}

/// <summary>The rows of a block by their class, so that each class's sums run over its own rows alone.</summary>
internal sealed class RowsByClass(int classes, int capacity)
{
    private readonly int[] _ends = new int[classes + 1];
    private readonly int[] _rows = new int[capacity];
    private readonly int[] _right = new int[capacity];
    private int _rightRows;

    /// <summary>Whether every row has a class, rather than shares of several, and weight 1.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>The rows whose prediction is their class.</summary>
    public ReadOnlySpan<int> Right => _right.AsSpan(0, _rightRows);

    /// <summary>The rows with a class, class after class.</summary>
    public ReadOnlySpan<int> All => _rows.AsSpan(0, _ends[^1]);

    /// <summary>The number of rows in <see cref="All"/> before those of class k; k may be the number of classes.</summary>
    public int StartOf(int k) => k == 0 ? 0 : _ends[k - 1];

    /// <summary>The rows of class k in their order.</summary>
    public ReadOnlySpan<int> Of(int k) => _rows.AsSpan(StartOf(k).._ends[k]);

    /// <summary>Sorts rows by counting; the label of a row without a class is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(ReadOnlySpan<int> labels, ReadOnlySpan<int> predicted, ReadOnlySpan<double> weights)
    {
        Array.Clear(_ends);
        foreach (var label in labels)
        {
            if (label >= 0)
                _ends[label + 1]++;
        }
        for (var k = 1; k <= classes; k++)
            _ends[k] += _ends[k - 1];
        // Each class's start moves to its end while its rows are put down.
        _rightRows = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= 0)
                _rows[_ends[labels[row]]++] = row;
            _right[_rightRows] = row;
            _rightRows += labels[row] == predicted[row] ? 1 : 0;
        }
        IsPlain = All.Length == labels.Length
            && !MemoryMarshal.Cast<double, long>(weights).ContainsAnyExcept(BitConverter.DoubleToInt64Bits(1));
    }
}

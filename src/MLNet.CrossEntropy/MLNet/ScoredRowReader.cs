using System.Runtime.ExceptionServices;
using Microsoft.ML;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The columns of scored data by name, null where there is none, and what the caller says of the classes.</summary>
internal sealed record ScoredColumns(string Label)
{
    public string? Score { get; init; }

    /// <summary>The probability of the positive class; of binary models alone.</summary>
    public string? Probability { get; init; }

    public string? Weight { get; init; }

    /// <summary>Names the rows.</summary>
    public string? Id { get; init; }

    /// <summary>Sorts the rows into segments.</summary>
    public string? Segment { get; init; }

    /// <summary>The names of classes or labels in the order of the scores; null takes them from the annotations.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether a row of counts weighs as much as they sum to.</summary>
    public bool WeightBySoftLabelSum { get; init; }

    /// <summary>Looked at with each row.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>
/// A few rows of labels, weights and scores, copied out of a cursor and reused from block to block. Scores lie row
/// after row, shape [Count, Width], and so do soft labels.
/// </summary>
internal sealed class ScoredBlock
{
    /// <summary>About this many scores make a block: small enough for the cache, large enough to amortise a hand-over.</summary>
    private const int ScoresPerBlock = 16384;

    private float[] _scores;
    private double[] _targets;

    public ScoredBlock(int width, bool hasSoftLabels, bool hasWeights, bool hasIds, bool hasSegments)
    {
        (Width, HasWeights) = (width, hasWeights);
        Capacity = Math.Clamp(ScoresPerBlock / width, 1, 1024);
        Labels = new int[Capacity];
        Weights = new double[Capacity];
        Array.Fill(Weights, 1);
        _scores = new float[Capacity * width];
        Ids = hasIds ? new string?[Capacity] : [];
        Segments = hasSegments ? new int[Capacity] : [];
        _targets = hasSoftLabels ? new double[Capacity * width] : [];
    }

    public int Width { get; }

    public bool HasSoftLabels => _targets.Length > 0;

    /// <summary>Whether weights may be others than 1.</summary>
    public bool HasWeights { get; }

    public int Capacity { get; }

    public int Count { get; set; }

    /// <summary>The position of the first row in the data view, 0-based.</summary>
    public long FirstRow { get; set; }

    /// <summary>
    /// Class indices, or <see cref="ScoreClasses.Missing"/>, <see cref="ScoreClasses.Unknown"/>, <see cref="ScoreClasses.Soft"/>.
    /// </summary>
    public int[] Labels { get; private set; }

    public double[] Weights { get; private set; }

    /// <summary>The rows' names, null where one has none; empty where nobody asks for them.</summary>
    public string?[] Ids { get; private set; }

    /// <summary>The rows' segments, numbered by <see cref="SegmentNames"/>; empty where nobody asks for them.</summary>
    public int[] Segments { get; private set; }

    /// <summary>Makes a row that of another block.</summary>
    public void CopyRow(int row, ScoredBlock from, int fromRow)
    {
        (Labels[row], Weights[row]) = (from.Labels[fromRow], from.Weights[fromRow]);
        from.Scores(fromRow).CopyTo(Scores(row));
        if (HasSoftLabels)
            from.Target(fromRow).CopyTo(Target(row));
        if (Ids.Length > 0)
            Ids[row] = from.Ids[fromRow];
        if (Segments.Length > 0)
            Segments[row] = from.Segments[fromRow];
    }

    /// <summary>Writes the rows, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        (var first, var count) = (FirstRow, Count);
        state.Raw(ref first);
        state.Raw(ref count);
        (FirstRow, Count) = (first, count);
        state.Raw(Labels.AsSpan(0, Count));
        state.Raw(Weights.AsSpan(0, Count));
        state.Raw(_scores.AsSpan(0, Count * Width));
        state.Raw(_targets.AsSpan(0, HasSoftLabels ? Count * Width : 0));
        state.Raw(Segments.AsSpan(0, Segments.Length > 0 ? Count : 0));
        foreach (ref var id in Ids.AsSpan(0, Ids.Length > 0 ? Count : 0))
            state.Optional(ref id);
    }

    public Span<float> Scores(int row) => _scores.AsSpan(row * Width, Width);

    /// <summary>The class shares of a row whose label is <see cref="ScoreClasses.Soft"/>.</summary>
    public Span<double> Target(int row) => _targets.AsSpan(row * Width, Width);

    /// <summary>Takes over the rows of another block of the same shape, and leaves it this one's.</summary>
    public void Swap(ScoredBlock other)
    {
        (Count, FirstRow, other.Count, other.FirstRow) = (other.Count, other.FirstRow, Count, FirstRow);
        (Labels, Weights, Ids, other.Labels, other.Weights, other.Ids) = (other.Labels, other.Weights, other.Ids, Labels, Weights, Ids);
        (Segments, other.Segments) = (other.Segments, Segments);
        (_scores, _targets, other._scores, other._targets) = (other._scores, other._targets, _scores, _targets);
    }
}

/// <summary>
/// Streams labels, scores and weights out of a data view, block after block; what a row's label and scores are, its kinds know.
/// </summary>
internal abstract class ScoredRowReader : IDisposable
{
    private readonly Source _source;
    private readonly Queue<ScoredBlock> _ahead = [];
    private ExceptionDispatchInfo? _errorAhead;

    private protected ScoredRowReader(Source source) => _source = source;

    /// <summary>The names of classes or labels in the order of the scores.</summary>
    public abstract string[] ClassNames { get; }

    /// <summary>False where the names are no more than the slot numbers.</summary>
    public abstract bool ClassesAreNamed { get; }

    /// <summary>Whether probabilities stand beside scores of several labels, which shows that these are logits.</summary>
    public virtual bool HasProbabilities => false;

    /// <summary>The names of the segments, as far as they have been read.</summary>
    public SegmentNames Segments { get; set; } = new();

    /// <summary>Of a cluster, the rows of this rank among those of all; else null.</summary>
    public SharedScoredRows? Shared { get; set; }

    /// <summary>A block for these rows.</summary>
    public abstract ScoredBlock NewBlock();

    /// <summary>The sum of what is said of the scores of the first rows, so many blocks of them.</summary>
    public long SumOfFirst(int blocks, Func<ReadOnlySpan<float>, int> say)
    {
        long sum = 0, row = Shared?.FirstRow ?? 0;
        foreach (var block in Shared?.Blocks ?? ReadAhead(blocks))
        {
            for (var i = 0; i < block.Count && row < (long)blocks * block.Capacity; i++, row++)
                sum += say(block.Scores(i));
        }
        return Shared?.Sum(sum) ?? sum;
    }

    /// <summary>The next blocks, as many as there are up to a number; <see cref="Read"/> gives them out later.</summary>
    private Queue<ScoredBlock> ReadAhead(int blocks)
    {
        try
        {
            for (var block = NewBlock(); _ahead.Count < blocks && Fill(block); block = NewBlock())
                _ahead.Enqueue(block);
        }
        catch (Exception error)
        {
            // Kept until the rows before it have been given out.
            _errorAhead = ExceptionDispatchInfo.Capture(error);
        }
        return _ahead;
    }

    /// <summary>Fills the block with the next rows; false when none was left.</summary>
    public bool Read(ScoredBlock block)
    {
        if (_ahead.TryDequeue(out var next))
        {
            block.Swap(next);
            return true;
        }
        _errorAhead?.Throw();
        return Fill(block);
    }

    /// <summary>What stands in the label column of a row, for an error: read anew.</summary>
    public string LabelAt(long row)
    {
        row -= Shared?.FirstRow ?? 0;
        if (row < 0)
            return "a name that the rank before knows";
        using var cursor = ColumnValues.OpenCursor(_source.Data, [_source.Label]);
        var name = ColumnValues.Name(cursor, _source.Label, "label");
        while (cursor.MoveNext() && cursor.Position < row) { }
        return name() ?? "no name";
    }

    public void Dispose() => _source.Cursor.Dispose();

    /// <summary>Reads the label and the scores of the cursor's current row.</summary>
    protected abstract void ReadRow(ScoredBlock block, int row);

    /// <summary>A block of so many scores a row.</summary>
    protected ScoredBlock NewBlock(int width, bool hasSoftLabels) =>
        new(width, hasSoftLabels, _source.HasWeights, hasIds: _source.Id is not null, hasSegments: _source.Segment is not null);

    /// <summary>A reader over the given columns, the label first, and those of weights and names.</summary>
    protected static T Open<T>(IDataView data, ScoredColumns columns, DataViewSchema.Column?[] read, Func<Source, T> make)
    {
        var weight = ColumnValues.Optional(data.Schema, columns.Weight, "example weight");
        var id = ColumnValues.Optional(data.Schema, columns.Id, "id");
        var segment = ColumnValues.Optional(data.Schema, columns.Segment, "segment");
        var cursor = ColumnValues.OpenCursor(data, [.. read, weight, id, segment]);
        try
        {
            var weights = weight is null ? null : ColumnValues.Weight(cursor, weight);
            return make(
                new(data, read[0]!.Value, cursor, weights, Name(id, "id"), Name(segment, "segment"), columns.WeightBySoftLabelSum,
                    columns.Cancellation));
        }
        catch
        {
            cursor.Dispose();
            throw;
        }

        Func<string?>? Name(DataViewSchema.Column? column, string role) =>
            column is { } c ? ColumnValues.Name(cursor, c, role) : null;
    }

    private bool Fill(ScoredBlock block) => Shared?.Fill(block) ?? FillOwn(block);

    private bool FillOwn(ScoredBlock block)
    {
        var (cursor, cancellation) = (_source.Cursor, _source.Cancellation);
        block.Count = 0;
        while (block.Count < block.Capacity && cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var row = block.Count++;
            if (row == 0)
                block.FirstRow = cursor.Position;
            if (!_source.IsPlain)
                ReadOthers(block, row);
            ReadRow(block, row);
        }
        return block.Count > 0;
    }

    private void ReadOthers(ScoredBlock block, int row)
    {
        block.Weights[row] = _source.Weight?.Invoke() ?? 1;
        // Beyond these the sums of squares that standard errors rest on would be 0 or infinite.
        if (block.Weights[row] is not (0 or (>= ColumnErrors.LeastWeight and <= ColumnErrors.MostWeight)))
            throw ColumnErrors.WeightBeyondSquares(_source.Cursor.Position, block.Weights[row]);
        if (_source.Id is { } id)
            block.Ids[row] = id();
        if (_source.Segment is { } segment)
            block.Segments[row] = Segments.IndexOf(segment());
    }

    /// <summary>An open cursor, and what every kind of rows has.</summary>
    internal sealed record Source(
        IDataView Data, DataViewSchema.Column Label, DataViewRowCursor Cursor, Func<double>? Weight, Func<string?>? Id,
        Func<string?>? Segment, bool HasSoftWeights, CancellationToken Cancellation)
    {
        public bool HasWeights => Weight is not null || HasSoftWeights;

        /// <summary>Whether there is nothing but labels and scores.</summary>
        public bool IsPlain { get; } = Weight is null && Id is null && Segment is null && !HasSoftWeights;
    }
}

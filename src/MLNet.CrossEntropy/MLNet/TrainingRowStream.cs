using Microsoft.ML;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The usable rows of a data view, read anew in each pass into a pool of blocks that is used again and again: memory does not
/// grow with the rows, but for those held out, which the first whole pass keeps.
/// </summary>
/// <param name="data">The view; every cursor over it must give the same rows in the same order.</param>
/// <param name="columns">The columns to read.</param>
/// <param name="poolBlocks">The blocks of a chunk, and of the pool.</param>
/// <param name="split">Which rows are held out; null for none.</param>
/// <param name="cancellation">Looked at with each row.</param>
internal sealed class TrainingRowStream(
    IDataView data, TrainingColumns columns, int poolBlocks = TrainingRowStream.DefaultPoolBlocks, ValidationSplit? split = null,
        CancellationToken cancellation = default)
    : IRowSource
{
    /// <summary>Blocks of 1 to 4 MB each: a pool of some 16 to 64 MB, within which rows are shuffled.</summary>
    public const int DefaultPoolBlocks = 16;

    private readonly RowBlockBuilder _builder = columns.NewBuilder();
    private ulong? _fingerprint;

    /// <summary>What became of the view's rows, counted in the first whole pass; null before.</summary>
    public TrainingRowTally? Tally { get; private set; }

    /// <summary>What is subtracted from each feature's values, known after the first whole pass; null for nothing.</summary>
    public float[]? Centre { get; private set; }

    /// <summary>The rows that were held out, read in the first whole pass; null before, and where there are none.</summary>
    public TrainingRows? HeldOut { get; private set; }

    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite, no row is usable, or not as many as in the first
    /// pass, or their labels and weights are others: whoever asks for a chunk may rely on its rows.</exception>
    public IEnumerable<IReadOnlyList<RowBlock>> Chunks()
    {
        // A pass that was given up may have left rows behind.
        _builder.Restart();
        using var cursor = TrainingRowReader.OpenCursor(data, columns);
        var reader = new TrainingRowReader(cursor, columns, _builder) { TakesFingerprint = true };
        var heldOut = split is null || Tally is not null ? null : new HeldOutRows(cursor, columns, split);
        var isHeldOut = heldOut is not null ? heldOut.TryRead : split?.IsHeldOut(cursor, columns) ?? (static () => false);
        var expected = Tally?.Counts.Used;
        while (cursor.MoveNext())
        {
            if (cancellation.IsCancellationRequested)
                throw ColumnErrors.CancelledWhileReading(cancellation);
            if (!isHeldOut())
                reader.ReadRow();
            if (reader.Used > expected)
                throw ColumnErrors.OtherRows(reader.Used, expected.Value);
            while (_builder.Blocks.Count >= poolBlocks)
            {
                yield return [.. _builder.Blocks.Take(poolBlocks)];
                _builder.Recycle(poolBlocks);
            }
        }

        if (reader.Used < expected)
            throw ColumnErrors.OtherRows(reader.Used, expected.Value);
        if (reader.Fingerprint != (_fingerprint ??= reader.Fingerprint))
            throw ColumnErrors.OtherLabels();
        Tally ??= reader.Tally();
        HeldOut ??= heldOut?.Build();
        Centre = _builder.Build()[0].Centre;
        while (_builder.Blocks is [{ Rows: > 0 }, ..])
        {
            var count = Math.Min(poolBlocks, _builder.Blocks.Count);
            yield return [.. _builder.Blocks.Take(count)];
            _builder.Recycle(count);
        }
    }
}

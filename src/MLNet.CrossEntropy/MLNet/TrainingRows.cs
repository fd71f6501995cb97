using Microsoft.ML;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The usable rows of a data view, read once into memory.</summary>
/// <param name="Blocks">The rows, in the view's order.</param>
/// <param name="Tally">What became of the view's rows.</param>
internal sealed record TrainingRows(IReadOnlyList<RowBlock> Blocks, TrainingRowTally Tally)
{
    /// <summary>The rows that were held out; null where none were.</summary>
    public TrainingRows? HeldOut { get; init; }

    /// <summary>Reads <paramref name="data"/>.</summary>
    /// <param name="data">The view.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="split">Which rows are held out; null for none.</param>
    /// <param name="what">What the rows are for, for errors.</param>
    /// <param name="cancellation">Looked at with each row.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite, or no row is usable.</exception>
    public static TrainingRows Read(
        IDataView data, TrainingColumns columns, ValidationSplit? split = null, string what = "training", CancellationToken cancellation = default)
    {
        var builder = columns.NewBuilder();
        using var cursor = TrainingRowReader.OpenCursor(data, columns, split);
        var reader = new TrainingRowReader(cursor, columns, builder);
        var heldOut = split is null ? null : new HeldOutRows(cursor, columns, split);
        while (cursor.MoveNext())
        {
            if (cancellation.IsCancellationRequested)
                throw Throw.CancelledWhileReading(cancellation);
            if (heldOut?.TryRead() != true)
                reader.ReadRow();
        }

        var tally = reader.Tally(what);
        return new TrainingRows(builder.Build(), tally) { HeldOut = heldOut?.Build() };
    }
}

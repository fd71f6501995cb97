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

    /// <summary>What is subtracted from each feature's values; null for nothing.</summary>
    public float[]? Centre => Blocks[0].Centre;

    /// <summary>The same rows around another centre.</summary>
    public TrainingRows Around(float[]? centre) => this with { Blocks = [.. Blocks.Select(block => block.Around(centre))] };

    /// <summary>Reads <paramref name="data"/>.</summary>
    /// <param name="data">The view.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="split">Which rows are held out; null for none.</param>
    /// <param name="what">What the rows are for, for errors.</param>
    /// <param name="cancellation">Looked at with each row.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite, or no row is usable.</exception>
    public static TrainingRows Read(
        IDataView data, TrainingColumns columns, ValidationSplit? split = null, string what = "training",
            CancellationToken cancellation = default)
    {
        var builder = columns.NewBuilder();
        using var cursor = TrainingRowReader.OpenCursor(data, columns);
        var reader = new TrainingRowReader(cursor, columns, builder);
        var heldOut = split is null ? null : new HeldOutRows(cursor, columns, split);
        while (cursor.MoveNext())
        {
            if (cancellation.IsCancellationRequested)
                throw ColumnErrors.CancelledWhileReading(cancellation);
            if (heldOut?.TryRead() != true)
                reader.ReadRow();
        }

        var tally = reader.Tally(what);
        return new TrainingRows(builder.Build(), tally) { HeldOut = heldOut?.Build() };
    }
}

/// <summary>What became of the rows of a data view.</summary>
/// <param name="Counts">How many were used, and how many were not, by kind.</param>
/// <param name="FirstSkipped">Where the first skipped row is and why; null when none was skipped.</param>
internal sealed record TrainingRowTally(TrainingRowCounts Counts, string? FirstSkipped)
{
    /// <summary>The same of all ranks' rows.</summary>
    /// <param name="cluster">The ranks.</param>
    /// <param name="what">What the rows are for, for the error.</param>
    /// <exception cref="InvalidOperationException">None was usable.</exception>
    public TrainingRowTally Among(ICluster cluster, string what = "training")
    {
        var skipped = cluster.Gather(FirstSkipped ?? "");
        var rank = Array.FindIndex(skipped, text => text.Length > 0);
        var all = this with
        {
            FirstSkipped = rank < 0 ? null : $"{skipped[rank]} of rank {rank}",
            Counts = new TrainingRowCounts
            {
                Used = Sum(Counts.Used),
                MissingLabel = Sum(Counts.MissingLabel),
                UnknownLabel = Sum(Counts.UnknownLabel),
                NaNFeature = Sum(Counts.NaNFeature),
                InfiniteFeature = Sum(Counts.InfiniteFeature),
                ZeroWeight = Sum(Counts.ZeroWeight),
            },
        };
        return all.Counts.Used > 0 ? all : throw ClusterMessages.Agreed(ColumnErrors.NoUsableRows(what, all.Counts, all.FirstSkipped));

        long Sum(long count) => cluster.Gather(count).Sum();
    }
}

/// <summary>Takes the rows that a split holds out from a cursor, and keeps them.</summary>
internal sealed class HeldOutRows
{
    private readonly Func<bool> _isHeldOut;
    private readonly RowBlockBuilder _builder;
    private readonly TrainingRowReader _reader;

    public HeldOutRows(DataViewRowCursor cursor, TrainingColumns columns, ValidationSplit split)
    {
        _isHeldOut = split.IsHeldOut(cursor, columns);
        _builder = columns.NewBuilder();
        _reader = new TrainingRowReader(cursor, columns, _builder);
    }

    /// <summary>Reads the cursor's current row if it is held out; returns whether it is.</summary>
    public bool TryRead()
    {
        if (!_isHeldOut())
            return false;
        _reader.ReadRow();
        return true;
    }

    /// <summary>The rows that were held out.</summary>
    /// <exception cref="InvalidOperationException">None was usable.</exception>
    public TrainingRows Build()
    {
        var tally = _reader.Tally("validation");
        return new TrainingRows(_builder.Build(), tally);
    }
}

/// <summary>Which rows of the training data are held out for validation: a seeded share of them.</summary>
/// <remarks>A row's fate depends on the seed and its group or place in the view alone, so that every pass decides alike.</remarks>
/// <param name="fraction">The share.</param>
/// <param name="seed">The seed.</param>
/// <param name="rowsBefore">The rows of the ranks before, in a cluster.</param>
internal sealed class ValidationSplit(double fraction, int seed, long rowsBefore = 0)
{
    private readonly ulong _seed = SplitMix64.Mix((uint)seed);

    /// <summary>Whether the cursor's current row is held out: by its group, or its place in the view where it has none.</summary>
    public Func<bool> IsHeldOut(DataViewRowCursor cursor, TrainingColumns columns)
    {
        var group = ColumnValues.Group(cursor, columns.Group);
        return () => IsHeldOut(group() is var g && g != 0 ? g : (ulong)(rowsBefore + cursor.Position));
    }

    private bool IsHeldOut(ulong row) => (SplitMix64.Mix(_seed + row * SplitMix64.Gamma) >> 11) * (1.0 / (1UL << 53)) < fraction;
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Makes rows that are only evaluated fit beside the rows that are fitted.</summary>
internal static class ValidationRows
{
    private const int ValuesPerDenseBlock = 1 << 19;

    /// <summary>
    /// The rows in the form of the training rows (the same kernels evaluate and fit), where rows of a class that no training row has lose
    /// their label: no model could have learned it, and the model's guess of it would drown what the other rows say.
    /// </summary>
    /// <returns>The blocks, and how many rows have lost their label.</returns>
    /// <exception cref="ArgumentException">The rows have other features, or none of them is left.</exception>
    /// <param name="blocks">The rows.</param>
    /// <param name="training">What is known of the training rows.</param>
    /// <param name="cluster">The ranks, of which this one has these rows, others others; they get their form when they are dealt.</param>
    public static (IReadOnlyList<RowBlock> Blocks, long Unknown) For(
        IReadOnlyList<RowBlock> blocks, RowSummary training, ICluster? cluster = null)
    {
        if (blocks.FirstOrDefault(block => block.Features != training.Features) is { } other)
            throw new ArgumentException($"The validation rows have {other.Features} features and the training rows "
                + $"{training.Features}; both must be alike.", nameof(blocks));
        var unknown = 0L;
        RowBlock[] known = [.. blocks.Select(block => Known(block, training, ref unknown))];
        var rows = known.Sum(block => (long)block.Rows);
        if (cluster is not null)
            (unknown, rows) = (cluster.Gather(unknown).Sum(), cluster.Gather(rows).Sum());
        if (unknown == rows)
            throw new ArgumentException($"None of the {rows} validation rows has a class that a training row has; take both from the "
                + "same source.", nameof(blocks));
        if (cluster is not null || known[0].IsSparse == training.IsSparse)
            return (known, unknown);
        var outputs = training.OutputWeights.Length;
        var piece = training.IsSparse ? known[0].Rows : PieceOf(known[0]);
        return ([.. known.SelectMany(block => Cut(block, piece, training.IsSparse, outputs))], unknown);
    }

    private static RowBlock Known(RowBlock block, RowSummary training, ref long unknown)
    {
        if (block.Classes is not { } classes || training.OutputWeights.Length == 1)
            return block;
        var count = classes.Take(block.Rows).Count(IsUnknown);
        unknown += count;
        return count == 0 ? block : block with { Classes = [.. classes.Select(index => IsUnknown(index) ? -1 : index)] };

        bool IsUnknown(int index) => index < 0 || training.OutputWeights[index] == 0;
    }

    /// <summary>
    /// The rows of a dense piece of the first sparse block, which holds more than a dense one can: it divides the block's.
    /// </summary>
    private static int PieceOf(RowBlock first)
    {
        var most = Math.Max(1, ValuesPerDenseBlock / first.Features);
        return Enumerable.Range(1, Math.Min(most, first.Rows)).Last(rows => first.Rows % rows == 0);
    }

    private static IEnumerable<RowBlock> Cut(RowBlock block, int piece, bool isSparse, int outputs)
    {
        for (var from = 0; from < block.Rows; from += piece)
            yield return RowForm.Take([block], from, Math.Min(piece, block.Rows - from), isSparse, outputs);
    }
}

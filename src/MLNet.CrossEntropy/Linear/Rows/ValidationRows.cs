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
    public static (IReadOnlyList<RowBlock> Blocks, long Unknown) For(IReadOnlyList<RowBlock> blocks, RowSummary training)
    {
        if (blocks.FirstOrDefault(block => block.Features != training.Features) is { } other)
            throw new ArgumentException($"The validation rows have {other.Features} features and the training rows "
                + $"{training.Features}; both must be alike.", nameof(blocks));
        var unknown = 0L;
        RowBlock[] known = [.. blocks.Select(block => Known(block, training, ref unknown))];
        var rows = known.Sum(block => (long)block.Rows);
        if (unknown == rows)
            throw new ArgumentException($"None of the {rows} validation rows has a class that a training row has; take both from the "
                + "same source.", nameof(blocks));
        if (known[0].IsSparse == training.IsSparse)
            return (known, unknown);
        var outputs = training.OutputWeights.Length;
        return ([.. known.SelectMany(block => training.IsSparse ? [Sparse(block)] : Dense(block, PieceOf(known[0]), outputs))], unknown);
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

    private static RowBlock Sparse(RowBlock block)
    {
        var starts = new int[block.Rows + 1];
        var used = block.Values.AsSpan(0, block.Rows * block.Features);
        var nonZeros = used.Length - used.Count(0f);
        var indices = new int[nonZeros];
        var values = new float[nonZeros];
        var end = 0;
        for (var i = 0; i < used.Length; i++)
        {
            if (used[i] != 0)
                (indices[end], values[end++]) = (i % block.Features, used[i]);
            starts[i / block.Features + 1] = end;
        }

        return RowBlock.Sparse(block.Rows, block.Features, starts, indices, values) with
        {
            Classes = block.Classes,
            Targets = block.Targets,
            Weights = block.Weights,
        };
    }

    /// <summary>
    /// The rows of a dense piece of the first sparse block, which holds more than a dense one can: it divides the block's.
    /// </summary>
    private static int PieceOf(RowBlock first)
    {
        var most = Math.Max(1, ValuesPerDenseBlock / first.Features);
        return Enumerable.Range(1, Math.Min(most, first.Rows)).Last(rows => first.Rows % rows == 0);
    }

    private static IEnumerable<RowBlock> Dense(RowBlock block, int piece, int outputs)
    {
        for (var from = 0; from < block.Rows; from += piece)
        {
            var rows = Math.Min(piece, block.Rows - from);
            var values = new float[rows * block.Features];
            for (var r = 0; r < rows; r++)
            {
                for (var e = block.RowStarts![from + r]; e < block.RowStarts[from + r + 1]; e++)
                    values[r * block.Features + block.Indices![e]] = block.Values[e];
            }

            yield return RowBlock.Dense(rows, block.Features, values) with
            {
                Classes = block.Classes?[from..(from + rows)],
                Targets = block.Targets?[(from * outputs)..((from + rows) * outputs)],
                Weights = block.Weights?[from..(from + rows)],
            };
        }
    }
}

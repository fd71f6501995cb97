namespace MLNet.CrossEntropy.Linear;

/// <summary>Cuts rows out of blocks, dense or sparse as they are wanted; of sparse rows no zero is kept.</summary>
internal static class RowForm
{
    /// <summary>Some rows that follow each other, as a block of their own.</summary>
    /// <param name="blocks">All rows; every block but the last has as many.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="isSparse">The form wanted.</param>
    /// <param name="outputs">The width of vector targets.</param>
    public static RowBlock Take(IReadOnlyList<RowBlock> blocks, int first, int count, bool isSparse, int outputs)
    {
        var like = blocks[0];
        var classes = like.Classes is null ? null : new int[count];
        var targets = like.Targets is null ? null : new float[count * outputs];
        var weights = blocks.All(block => block.Weights is null) ? null : new float[count];
        var groups = like.Groups is null ? null : new ulong[count];
        for (var r = 0; r < count; r++)
        {
            var (block, row) = (blocks[(first + r) / like.Rows], (first + r) % like.Rows);
            if (classes is not null)
                classes[r] = block.Classes![row];
            else
                block.Targets.AsSpan(row * outputs, outputs).CopyTo(targets.AsSpan(r * outputs));
            if (weights is not null)
                weights[r] = block.Weights?[row] ?? 1;
            if (groups is not null)
                groups[r] = block.Groups![row];
        }

        var taken = isSparse ? Sparse(blocks, first, count) : Dense(blocks, first, count);
        return taken with { Classes = classes, Targets = targets, Weights = weights, Groups = groups };
    }

    /// <summary>The values of a block's rows that are not 0.</summary>
    public static long NonZeros(RowBlock block)
    {
        var used = block.Values.AsSpan(0, block.IsSparse ? block.RowStarts![block.Rows] : block.Rows * block.Features);
        return used.Length - used.Count(0f);
    }

    private static RowBlock Dense(IReadOnlyList<RowBlock> blocks, int first, int count)
    {
        var (perBlock, features) = (blocks[0].Rows, blocks[0].Features);
        var values = new float[count * features];
        for (var r = 0; r < count; r++)
        {
            var (block, row) = (blocks[(first + r) / perBlock], (first + r) % perBlock);
            if (!block.IsSparse)
                block.Values.AsSpan(row * features, features).CopyTo(values.AsSpan(r * features));
            for (var e = block.RowStarts?[row] ?? 0; e < (block.RowStarts?[row + 1] ?? 0); e++)
                values[r * features + block.Indices![e]] = block.Values[e];
        }

        return RowBlock.Dense(count, features, values);
    }

    private static RowBlock Sparse(IReadOnlyList<RowBlock> blocks, int first, int count)
    {
        var (perBlock, features) = (blocks[0].Rows, blocks[0].Features);
        var starts = new int[count + 1];
        List<int> indices = [];
        List<float> values = [];
        for (var r = 0; r < count; r++)
        {
            var (block, row) = (blocks[(first + r) / perBlock], (first + r) % perBlock);
            var (from, to) = block.IsSparse ? (block.RowStarts![row], block.RowStarts[row + 1]) : (row * features, (row + 1) * features);
            for (var e = from; e < to; e++)
            {
                if (block.Values[e] == 0)
                    continue;
                indices.Add(block.Indices?[e] ?? e - from);
                values.Add(block.Values[e]);
            }

            starts[r + 1] = values.Count;
        }

        return RowBlock.Sparse(count, features, starts, [.. indices], [.. values]);
    }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Copies of some rows.</summary>
internal static class RowSample
{
    /// <summary>Rows spread evenly over all: one of each of so many runs of them, so that no period of theirs is met.</summary>
    /// <param name="chunks">All rows.</param>
    /// <param name="summary">What is known of them.</param>
    /// <param name="size">How many rows; at most as many as there are.</param>
    /// <param name="seed">Decides which.</param>
    public static RowBlock Draw(IEnumerable<RowSet> chunks, RowSummary summary, int size, int seed)
        => Pick(chunks, summary, size, run => NumberOf(run, size, summary.Rows, seed));

    /// <summary>The number of the row that is drawn from a run of rows.</summary>
    public static long NumberOf(int run, int size, long rows, int seed)
    {
        long from = (long)((Int128)rows * run / size), to = (long)((Int128)rows * (run + 1) / size);
        return from + (long)(SplitMix64.Mix((ulong)from + (uint)seed * SplitMix64.Gamma) % (ulong)(to - from));
    }

    /// <summary>Those rows that have weight.</summary>
    public static RowBlock Weighing(IReadOnlyList<RowBlock> blocks, RowSummary summary)
    {
        using var rows = new RowSet(blocks);
        int[] weighing = [.. Enumerable.Range(0, rows.Rows).Where(row => rows.Weight(row) > 0)];
        return Pick([rows], summary, weighing.Length, place => weighing[place]);
    }

    /// <summary>The rows of those numbers, which rise.</summary>
    private static RowBlock Pick(IEnumerable<RowSet> chunks, RowSummary summary, int size, Func<int, long> numberOf)
    {
        var (features, outputs) = (summary.Features, summary.Outputs);
        List<float> values = new(summary.IsSparse ? 0 : checked(size * features));
        List<int> indices = [], starts = [0], classes = [];
        List<float> targets = [], weights = [];
        List<ulong> groups = [];
        var (begin, drawn, centre) = (0L, 0, (float[]?)null);
        foreach (var rows in chunks)
        {
            centre ??= rows.Blocks[0].Centre;
            for (long row; drawn < size && (row = numberOf(drawn) - begin) < rows.Rows; drawn++)
            {
                var i = (int)row;
                if (summary.IsSparse)
                {
                    indices.AddRange(rows.Sparse(i).Indices);
                    values.AddRange(rows.Sparse(i).Values);
                    starts.Add(values.Count);
                }
                else
                {
                    values.AddRange(rows.Values(i));
                }

                if (rows.HasClasses)
                    classes.Add(rows.Class(i));
                else
                    targets.AddRange(rows.Target(i, outputs).Vector);
                weights.Add(rows.Weight(i));
                groups.Add(rows.Group(i));
            }

            begin += rows.Rows;
        }

        var block = summary.IsSparse
            ? RowBlock.Sparse(size, features, [.. starts], [.. indices], [.. values])
            : RowBlock.Dense(size, features, [.. values]);
        return block with
        {
            Classes = classes.Count > 0 ? [.. classes] : null,
            Targets = targets.Count > 0 ? [.. targets] : null,
            Weights = [.. weights],
            Groups = [.. groups],
            Centre = centre,
        };
    }
}

using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Deals rows out anew among the ranks: all rows, rank after rank, are one table, of which each rank gets a run. Rows go from the rank that
/// has read them straight to the one that gets them.
/// </summary>
/// <param name="cluster">The ranks.</param>
/// <param name="own">This rank's rows as it has read them.</param>
/// <param name="isSparse">The form that all rows shall have.</param>
/// <param name="outputs">The width of vector targets.</param>
internal sealed class RowDeal(ICluster cluster, IReadOnlyList<RowBlock> own, bool isSparse, int outputs)
{
    private readonly RowBlock _like = own[0];

    /// <summary>This rank's run, in blocks of <paramref name="blockRows"/> rows, the last perhaps of fewer.</summary>
    /// <param name="read">Where the rows begin that each rank has read, and after the last where they end.</param>
    /// <param name="wanted">The same of the rows that each shall have.</param>
    /// <param name="blockRows">The rows of a block.</param>
    public List<RowBlock> Deal(long[] read, long[] wanted, int blockRows)
    {
        int rank = cluster.Rank, size = cluster.Size;
        List<(long First, RowBlock Rows)> parts = [];
        for (var away = 0; away < size; away++)
        {
            int to = (rank + away) % size, from = (rank + size - away) % size;
            var sent = Pieces(read, rank, wanted, to, blockRows);
            var received = Pieces(read, from, wanted, rank, blockRows);
            for (var i = 0; i < Math.Max(sent.Count, received.Count); i++)
            {
                var rows = i < sent.Count
                    ? RowForm.Take(own, (int)(sent[i].First - read[rank]), sent[i].Rows, isSparse, outputs)
                    : null;
                var arrived = away == 0 ? rows : Exchange(rows is null ? -1 : to, rows, i < received.Count ? from : -1);
                if (arrived is not null)
                    parts.Add((received[i].First, arrived));
            }
        }

        return
        [
            .. parts.OrderBy(part => part.First).GroupBy(part => (part.First - wanted[rank]) / blockRows, part => part.Rows)
                .Select(block => RowBytes.Join([.. block], _like, outputs)),
        ];
    }

    /// <summary>What goes from one rank to another, cut where the blocks of the other end.</summary>
    private static List<(long First, int Rows)> Pieces(long[] read, int from, long[] wanted, int to, int blockRows)
    {
        List<(long, int)> pieces = [];
        var end = Math.Min(read[from + 1], wanted[to + 1]);
        for (var first = Math.Max(read[from], wanted[to]); first < end;)
        {
            var next = Math.Min(end, wanted[to] + ((first - wanted[to]) / blockRows + 1) * blockRows);
            pieces.Add((first, (int)(next - first)));
            first = next;
        }

        return pieces;
    }

    /// <summary>Sends rows and receives others, either of which there may be none.</summary>
    private RowBlock? Exchange(int to, RowBlock? rows, int from)
    {
        var bytes = rows is null ? [] : RowBytes.Of(rows);
        long[] lengths = [bytes.Length, 0];
        cluster.Exchange(to, MemoryMarshal.AsBytes(lengths.AsSpan(0, 1)), from, MemoryMarshal.AsBytes(lengths.AsSpan(1, 1)));
        var arrived = new byte[lengths[1]];
        cluster.Exchange(to, bytes, from, arrived);
        return from < 0 ? null : RowBytes.Read(arrived, _like, outputs);
    }
}

using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

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
                var arrived = away == 0 ? rows : Exchange(rows is null ? -1 : to, rows, i < received.Count ? from : -1, received, i);
                if (arrived is not null)
                    parts.Add((received[i].First, arrived));
            }
        }

        return
        [
            .. parts.OrderBy(part => part.First).GroupBy(part => (part.First - wanted[rank]) / blockRows, part => part.Rows)
                .Select(block => Join([.. block])),
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

    private RowBlock? Exchange(int to, RowBlock? rows, int from, List<(long First, int Rows)> received, int i)
    {
        long[] nonZeros = [rows is { IsSparse: true } ? rows.RowStarts![rows.Rows] : 0], others = [0];
        if (isSparse)
            cluster.Exchange(to, MemoryMarshal.AsBytes<long>(nonZeros), from, MemoryMarshal.AsBytes(others.AsSpan()));
        var arriving = from < 0 ? null : Empty(received[i].Rows, (int)others[0]);
        var buffer = new byte[arriving?.Bytes ?? 0];
        cluster.Exchange(to, rows is null ? [] : Bytes(rows), from, buffer);
        var place = 0;
        foreach (var array in Arrays(arriving))
        {
            var bytes = AsBytes(array);
            buffer.AsSpan(place, bytes.Length).CopyTo(bytes);
            place += bytes.Length;
        }

        return arriving;
    }

    private RowBlock Empty(int rows, int nonZeros)
    {
        var block = isSparse
            ? RowBlock.Sparse(rows, _like.Features, new int[rows + 1], new int[nonZeros], new float[nonZeros])
            : RowBlock.Dense(rows, _like.Features, new float[rows * _like.Features]);
        if (isSparse)
            block.RowStarts![rows] = nonZeros;
        return block with
        {
            Classes = _like.Classes is null ? null : new int[rows],
            Targets = _like.Targets is null ? null : new float[rows * outputs],
            Weights = _like.Weights is null ? null : new float[rows],
        };
    }

    private RowBlock Join(RowBlock[] parts)
    {
        if (parts.Length == 1)
            return parts[0];
        var rows = parts.Sum(part => part.Rows);
        var joined = Empty(rows, isSparse ? parts.Sum(part => part.RowStarts![part.Rows]) : 0);
        int row = 0, value = 0;
        foreach (var part in parts)
        {
            part.Values.CopyTo(joined.Values, value);
            part.Indices?.CopyTo(joined.Indices!, value);
            for (var r = 0; isSparse && r <= part.Rows; r++)
                joined.RowStarts![row + r] = value + part.RowStarts![r];
            part.Classes?.CopyTo(joined.Classes!, row);
            part.Targets?.CopyTo(joined.Targets!, row * outputs);
            part.Weights?.CopyTo(joined.Weights!, row);
            (row, value) = (row + part.Rows, value + part.Values.Length);
        }

        return joined;
    }

    private static byte[] Bytes(RowBlock rows)
    {
        var bytes = new byte[rows.Bytes];
        var place = 0;
        foreach (var array in Arrays(rows))
        {
            var from = AsBytes(array);
            from.CopyTo(bytes.AsSpan(place));
            place += from.Length;
        }

        return bytes;
    }

    private static IEnumerable<Array> Arrays(RowBlock? rows) => rows is null
        ? []
        : new Array?[] { rows.Values, rows.RowStarts, rows.Indices, rows.Classes, rows.Targets, rows.Weights }.OfType<Array>();

    private static Span<byte> AsBytes(Array array) => array is float[] floats
        ? MemoryMarshal.AsBytes(floats.AsSpan())
        : MemoryMarshal.AsBytes(((int[])array).AsSpan());
}

using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Rows as a message: their number, that of the values stored (-1 of dense rows), then the arrays, one after the other.
/// </summary>
internal static class RowBytes
{
    private const int Header = 2 * sizeof(int);

    /// <summary>The message of a block.</summary>
    public static byte[] Of(RowBlock rows)
    {
        var bytes = new byte[Header + rows.Bytes];
        MemoryMarshal.Write(bytes, rows.Rows);
        MemoryMarshal.Write(bytes.AsSpan(sizeof(int)), rows.IsSparse ? rows.Values.Length : -1);
        var place = Header;
        foreach (var array in Arrays(rows))
        {
            var from = AsBytes(array);
            from.CopyTo(bytes.AsSpan(place));
            place += from.Length;
        }

        return bytes;
    }

    /// <summary>The block of a message; its targets and weights are of the kind of another's.</summary>
    public static RowBlock Read(ReadOnlySpan<byte> bytes, RowBlock like, int outputs)
    {
        var rows = Empty(MemoryMarshal.Read<int>(bytes), MemoryMarshal.Read<int>(bytes[sizeof(int)..]), like, outputs);
        bytes = bytes[Header..];
        foreach (var array in Arrays(rows))
        {
            var to = AsBytes(array);
            bytes[..to.Length].CopyTo(to);
            bytes = bytes[to.Length..];
        }

        return rows;
    }

    /// <summary>The rows of some blocks of the same form in one.</summary>
    public static RowBlock Join(IReadOnlyList<RowBlock> parts, RowBlock like, int outputs)
    {
        if (parts.Count == 1)
            return parts[0];
        var joined = Empty(
            parts.Sum(part => part.Rows), parts[0].IsSparse ? parts.Sum(part => part.Values.Length) : -1, like, outputs);
        int row = 0, value = 0;
        foreach (var part in parts)
        {
            part.Values.CopyTo(joined.Values, value);
            part.Indices?.CopyTo(joined.Indices!, value);
            for (var r = 0; part.IsSparse && r <= part.Rows; r++)
                joined.RowStarts![row + r] = value + part.RowStarts![r];
            part.Classes?.CopyTo(joined.Classes!, row);
            part.Targets?.CopyTo(joined.Targets!, row * outputs);
            part.Weights?.CopyTo(joined.Weights!, row);
            (row, value) = (row + part.Rows, value + part.Values.Length);
        }

        return joined;
    }

    private static RowBlock Empty(int rows, int stored, RowBlock like, int outputs)
    {
        var starts = new int[rows + 1];
        // Known before they arrive: it says how long the other arrays must be.
        starts[rows] = Math.Max(0, stored);
        var block = stored >= 0
            ? RowBlock.Sparse(rows, like.Features, starts, new int[stored], new float[stored])
            : RowBlock.Dense(rows, like.Features, new float[rows * like.Features]);
        return block with
        {
            Classes = like.Classes is null ? null : new int[rows],
            Targets = like.Targets is null ? null : new float[rows * outputs],
            Weights = like.Weights is null ? null : new float[rows],
        };
    }

    private static IEnumerable<Array> Arrays(RowBlock rows) => new Array?[]
    {
        rows.Values, rows.RowStarts, rows.Indices, rows.Classes, rows.Targets, rows.Weights,
    }.OfType<Array>();

    private static Span<byte> AsBytes(Array array) => array is float[] floats
        ? MemoryMarshal.AsBytes(floats.AsSpan())
        : MemoryMarshal.AsBytes(((int[])array).AsSpan());
}

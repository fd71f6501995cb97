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
        foreach (var array in new Arrays(rows).All)
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
        var arrays = new Arrays(MemoryMarshal.Read<int>(bytes), MemoryMarshal.Read<int>(bytes[sizeof(int)..]), like, outputs);
        bytes = bytes[Header..];
        foreach (var array in arrays.All)
        {
            var to = AsBytes(array);
            bytes[..to.Length].CopyTo(to);
            bytes = bytes[to.Length..];
        }

        return arrays.ToBlock();
    }

    /// <summary>The rows of some blocks of the same form in one.</summary>
    public static RowBlock Join(IReadOnlyList<RowBlock> parts, RowBlock like, int outputs)
    {
        if (parts.Count == 1)
            return parts[0];
        var joined = new Arrays(
            parts.Sum(part => part.Rows), parts[0].IsSparse ? parts.Sum(part => part.Values.Length) : -1, like, outputs);
        int row = 0, value = 0;
        foreach (var part in parts)
        {
            part.Values.CopyTo(joined.Values, value);
            part.Indices?.CopyTo(joined.Indices!, value);
            for (var r = 0; part.IsSparse && r <= part.Rows; r++)
                joined.Starts![row + r] = value + part.RowStarts![r];
            part.Classes?.CopyTo(joined.Classes!, row);
            part.Targets?.CopyTo(joined.Targets!, row * outputs);
            part.Weights?.CopyTo(joined.Weights!, row);
            part.Groups?.CopyTo(joined.Groups!, row);
            (row, value) = (row + part.Rows, value + part.Values.Length);
        }

        return joined.ToBlock();
    }

    private static Span<byte> AsBytes(Array array) => array switch
    {
        float[] floats => MemoryMarshal.AsBytes(floats.AsSpan()),
        ulong[] groups => MemoryMarshal.AsBytes(groups.AsSpan()),
        _ => MemoryMarshal.AsBytes(((int[])array).AsSpan()),
    };

    /// <summary>The arrays of a block, which is checked when it is made of them.</summary>
    private sealed class Arrays
    {
        private readonly int _rows;
        private readonly int _features;

        public Arrays(RowBlock rows)
        {
            (_rows, _features, Values, Starts, Indices) = (rows.Rows, rows.Features, rows.Values, rows.RowStarts, rows.Indices);
            (Classes, Targets, Weights, Groups) = (rows.Classes, rows.Targets, rows.Weights, rows.Groups);
        }

        public Arrays(int rows, int stored, RowBlock like, int outputs)
        {
            (_rows, _features) = (rows, like.Features);
            var isSparse = stored >= 0;
            Values = new float[isSparse ? stored : rows * like.Features];
            (Starts, Indices) = isSparse ? (new int[rows + 1], new int[stored]) : (null, null);
            Classes = like.Classes is null ? null : new int[rows];
            Targets = like.Targets is null ? null : new float[rows * outputs];
            Weights = like.Weights is null ? null : new float[rows];
            Groups = like.Groups is null ? null : new ulong[rows];
        }

        public float[] Values { get; }

        public int[]? Starts { get; }

        public int[]? Indices { get; }

        public int[]? Classes { get; }

        public float[]? Targets { get; }

        public float[]? Weights { get; }

        public ulong[]? Groups { get; }

        public IEnumerable<Array> All => new Array?[] { Values, Starts, Indices, Classes, Targets, Weights, Groups }.OfType<Array>();

        public RowBlock ToBlock()
        {
            var block = Starts is null
                ? RowBlock.Dense(_rows, _features, Values)
                : RowBlock.Sparse(_rows, _features, Starts, Indices!, Values);
            return block with { Classes = Classes, Targets = Targets, Weights = Weights, Groups = Groups };
        }
    }
}

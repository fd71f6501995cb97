using System.Buffers;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Collects the feature vectors of one block of rows at a time.</summary>
internal interface IBlockWriter
{
    /// <summary>The rows collected since the last <see cref="TakeBlock"/>.</summary>
    int Rows { get; }

    /// <summary>
    /// Adds a row: a value for each feature (<paramref name="indices"/> unused), or only those at <paramref name="indices"/>.
    /// </summary>
    void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices);

    /// <summary>Hands over the collected rows as a block and begins anew.</summary>
    /// <param name="spare">A block that nobody needs any more, whose arrays may be used again; null for none.</param>
    RowBlock TakeBlock(RowBlock? spare);

    /// <summary>Forgets the collected rows.</summary>
    void Clear();

    /// <summary>Gives up the room for more rows, until the next row.</summary>
    void Release();
}

/// <summary>Collects rows into dense blocks <c>[rows, features]</c>.</summary>
/// <param name="features">The features of a row.</param>
/// <param name="rowsPerBlock">The most rows that a block gets.</param>
/// <param name="room">The rows that there is room for at first: all, where they are known to be fewer.</param>
/// <param name="centre">What is subtracted from each feature's values; null for nothing.</param>
internal sealed class DenseBlockWriter(int features, int rowsPerBlock, int room, float[]? centre = null) : IBlockWriter
{
    private float[]? _values;
    private int _room = room;

    public int Rows { get; private set; }

    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        if (Rows == _room)
            Array.Resize(ref _values, features * (_room = rowsPerBlock));
        _values ??= GC.AllocateUninitializedArray<float>(features * _room);
        var row = _values.AsSpan(Rows * features, features);
        if (values.Length == features)
        {
            values.CopyTo(row);
        }
        else
        {
            row.Clear();
            for (var i = 0; i < values.Length; i++)
                row[indices[i]] = values[i];
        }
        for (var j = 0; j < centre?.Length; j++)
            row[j] -= centre[j];
        Rows++;
    }

    public RowBlock TakeBlock(RowBlock? spare)
    {
        // Without a spare the block may be kept for good: what stays in memory is the data, not the room for more.
        if (spare is null)
            Array.Resize(ref _values, Rows * features);
        RowBlock block = RowBlock.Dense(Rows, features, _values ?? []) with { Centre = centre };
        _values = spare?.Values.Length == features * _room ? spare.Values : null;
        Rows = 0;
        return block;
    }

    public void Clear() => Rows = 0;

    public void Release() => _values = null;
}

/// <summary>Collects rows into blocks of compressed sparse rows; zeros are not kept, however the row came.</summary>
internal sealed class SparseBlockWriter(int features) : IBlockWriter
{
    private const int FirstRoom = 1024;

    private int[] _rowStarts = new int[256];
    private int[] _indices = [];
    private float[] _values = [];

    public int Rows { get; private set; }

    /// <summary>The non-zero values collected since the last <see cref="TakeBlock"/>.</summary>
    public int NonZeros => _rowStarts[Rows];

    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        var end = NonZeros;
        EnsureRoom(checked(end + values.Length));
        var dense = values.Length == features;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == 0)
                continue;
            _indices[end] = dense ? i : indices[i];
            _values[end++] = values[i];
        }
        _rowStarts[++Rows] = end;
    }

    /// <summary>Row <paramref name="row"/> of those collected.</summary>
    public (ReadOnlyMemory<float> Values, ReadOnlyMemory<int> Indices) Row(int row)
    {
        var range = _rowStarts[row].._rowStarts[row + 1];
        return (_values.AsMemory(range), _indices.AsMemory(range));
    }

    public RowBlock TakeBlock(RowBlock? spare)
    {
        // Copies of the exact size: what stays in memory is the data, not the room to grow.
        RowBlock block = RowBlock.Sparse(
            Rows,
            features,
            SpareArray.Fill<int>(_rowStarts.AsSpan(0, Rows + 1), spare?.RowStarts),
            SpareArray.Fill<int>(_indices.AsSpan(0, NonZeros), spare?.Indices),
            SpareArray.Fill<float>(_values.AsSpan(0, NonZeros), spare?.Values));
        Rows = 0;
        return block;
    }

    public void Clear() => Rows = 0;

    public void Release() => (_indices, _values) = (Exchange(_indices, 0, 0), Exchange(_values, 0, 0));

    // Room to grow comes from the shared pool: garbage of this size would cost a collection of the whole heap in every fit.
    private static T[] Exchange<T>(T[] room, int used, int wanted)
    {
        var wider = wanted == 0 ? [] : ArrayPool<T>.Shared.Rent(wanted);
        room.AsSpan(0, used).CopyTo(wider);
        if (room.Length > 0)
            ArrayPool<T>.Shared.Return(room);
        return wider;
    }

    private void EnsureRoom(int nonZeros)
    {
        if (Math.Min(_indices.Length, _values.Length) < nonZeros)
        {
            var room = (int)Math.Min(Array.MaxLength, Math.Max(Math.Max(nonZeros, FirstRoom), 2L * _values.Length));
            _indices = Exchange(_indices, NonZeros, room);
            _values = Exchange(_values, NonZeros, room);
        }
        if (_rowStarts.Length < Rows + 2)
            Array.Resize(ref _rowStarts, 2 * _rowStarts.Length);
    }
}

/// <summary>Arrays that are used again.</summary>
internal static class SpareArray
{
    /// <summary>
    /// The values at the beginning of <paramref name="spare"/> where they have room in it, else in a new array of their size.
    /// </summary>
    public static T[] Fill<T>(ReadOnlySpan<T> values, T[]? spare)
    {
        if (spare is null || spare.Length < values.Length)
            return values.ToArray();
        values.CopyTo(spare);
        return spare;
    }
}

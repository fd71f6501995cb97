using System.Buffers;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.MLNet;

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

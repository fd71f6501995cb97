using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Data;

/// <summary>Collects rows into blocks of compressed sparse rows; zeros are not kept, however the row came.</summary>
internal sealed class SparseBlockWriter(int features) : IBlockWriter
{
    private int[] _rowStarts = new int[256];
    private int[] _indices = new int[1024];
    private float[] _values = new float[1024];

    public int Rows { get; private set; }

    /// <summary>The non-zero values collected since the last <see cref="TakeBlock"/>.</summary>
    public int NonZeros => _rowStarts[Rows];

    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        int end = NonZeros;
        EnsureRoom(checked(end + values.Length));
        bool dense = values.Length == features;
        for (int i = 0; i < values.Length; i++)
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
        Range range = _rowStarts[row].._rowStarts[row + 1];
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

    private void EnsureRoom(int nonZeros)
    {
        if (_values.Length < nonZeros)
        {
            int room = (int)Math.Min(Array.MaxLength, Math.Max(nonZeros, 2L * _values.Length));
            Array.Resize(ref _indices, room);
            Array.Resize(ref _values, room);
        }
        if (_rowStarts.Length < Rows + 2)
            Array.Resize(ref _rowStarts, 2 * _rowStarts.Length);
    }
}

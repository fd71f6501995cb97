using MLNet.CrossEntropy.Linear;


namespace MLNet.CrossEntropy.MLNet;

/// <summary>Collects rows into dense blocks <c>[rows, features]</c>.</summary>
/// <param name="features">The features of a row.</param>
/// <param name="rowsPerBlock">The most rows that a block gets.</param>
/// <param name="room">The rows that there is room for at first: all, where they are known to be fewer.</param>
internal sealed class DenseBlockWriter(int features, int rowsPerBlock, int room) : IBlockWriter
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
        Rows++;
    }

    public RowBlock TakeBlock(RowBlock? spare)
    {
        // Without a spare the block may be kept for good: what stays in memory is the data, not the room for more.
        if (spare is null)
            Array.Resize(ref _values, Rows * features);
        RowBlock block = RowBlock.Dense(Rows, features, _values!);
        _values = spare?.Values.Length == features * _room ? spare.Values : null;
        Rows = 0;
        return block;
    }

    public void Clear() => Rows = 0;

    public void Release() => _values = null;
}

using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Data;

/// <summary>Collects rows into dense blocks <c>[rows, features]</c>.</summary>
internal sealed class DenseBlockWriter(int features, int rowsPerBlock) : IBlockWriter
{
    private float[]? _values;

    public int Rows { get; private set; }

    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<int> indices)
    {
        _values ??= GC.AllocateUninitializedArray<float>(features * rowsPerBlock);
        Span<float> row = _values.AsSpan(Rows * features, features);
        if (values.Length == features)
        {
            values.CopyTo(row);
        }
        else
        {
            row.Clear();
            for (int i = 0; i < values.Length; i++)
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
        _values = spare?.Values.Length == features * rowsPerBlock ? spare.Values : null;
        Rows = 0;
        return block;
    }

    public void Clear() => Rows = 0;

    public void Release() => _values = null;
}

namespace MLNet.CrossEntropy.Optimization;

/// <summary>One CSR row: feature indices, strictly increasing, and their values.</summary>
internal readonly ref struct SparseRow(ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
{
    public ReadOnlySpan<int> Indices { get; } = indices;

    public ReadOnlySpan<float> Values { get; } = values;
}

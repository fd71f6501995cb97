namespace MLNet.CrossEntropy.Linear;

/// <summary>One CSR row of pinned memory: <paramref name="length"/> feature indices, strictly increasing, and their values.</summary>
internal readonly unsafe ref struct SparseRow(int* indices, float* values, int length)
{
    public int Length { get; } = length;

    public int* IndexPointer { get; } = indices;

    public float* ValuePointer { get; } = values;

    public ReadOnlySpan<int> Indices => new(IndexPointer, Length);

    public ReadOnlySpan<float> Values => new(ValuePointer, Length);
}

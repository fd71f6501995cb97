namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Sparse rows in compressed form: row i has <c>Values[s..e]</c> at ascending <c>Indices[s..e]</c>, with <c>s = Starts[i]</c> and
/// <c>e = Starts[i + 1]</c>; and class indices <c>labels [rows]</c>.
/// </summary>
internal sealed record SparseSet(int[] Starts, int[] Indices, float[] Values, int[] Labels, int Features, int Classes)
{
    public int Rows => Labels.Length;

    public ReadOnlySpan<int> RowIndices(int i) => Indices.AsSpan(Starts[i]..Starts[i + 1]);

    public ReadOnlySpan<float> RowValues(int i) => Values.AsSpan(Starts[i]..Starts[i + 1]);
}

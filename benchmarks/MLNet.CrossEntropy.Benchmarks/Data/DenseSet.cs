namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Dense rows, <c>values [rows x features]</c>, with class indices <c>labels [rows]</c>.</summary>
internal sealed record DenseSet(float[] Values, int[] Labels, int Features, int Classes)
{
    public int Rows => Labels.Length;

    public ReadOnlySpan<float> Row(int i) => Values.AsSpan(i * Features, Features);
}

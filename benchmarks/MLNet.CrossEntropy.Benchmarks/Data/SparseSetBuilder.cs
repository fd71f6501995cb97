namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Collects sparse rows one after the other.</summary>
internal sealed class SparseSetBuilder(int features, int classes)
{
    private readonly List<int> _starts = [0];
    private readonly List<int> _indices = [];
    private readonly List<float> _values = [];
    private readonly List<int> _labels = [];

    /// <summary>Adds one non-zero of the row under way, in ascending order of index.</summary>
    public void Add(int index, float value)
    {
        _indices.Add(index);
        _values.Add(value);
    }

    /// <summary>Ends the row under way.</summary>
    public void EndRow(int label)
    {
        _labels.Add(label);
        _starts.Add(_indices.Count);
    }

    public SparseSet Build() => new([.. _starts], [.. _indices], [.. _values], [.. _labels], features, classes);
}

using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>A row as an ML.NET user's in-memory collection holds it.</summary>
internal sealed class Example
{
    /// <summary>The class index, counted from 0: ML.NET itself adds 1 when it loads a key.</summary>
    public uint Label { get; set; }

    public bool IsPositive { get; set; }

    public VBuffer<float> Features { get; set; }

    public static List<Example> From(DenseSet set) =>
    [
        .. Enumerable.Range(0, set.Rows).Select(i => new Example
        {
            Label = (uint)set.Labels[i],
            Features = new VBuffer<float>(set.Features, set.Row(i).ToArray()),
        }),
    ];

    public static List<Example> From(SparseSet set) =>
    [
        .. Enumerable.Range(0, set.Rows).Select(i => new Example
        {
            Label = (uint)set.Labels[i],
            IsPositive = set.Labels[i] == 1,
            Features = new VBuffer<float>(set.Features, set.RowValues(i).Length, set.RowValues(i).ToArray(), set.RowIndices(i).ToArray()),
        }),
    ];
}

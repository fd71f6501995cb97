using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>One pass of the SGD loop over dense rows in memory, as long as an epoch of a fit takes.</summary>
internal static class DenseEpoch
{
    public const int Rows = 60_000;
    public const int Features = 784;
    public const int Classes = 10;

    private const int RowsPerBlock = 1_024;
    private const int Epochs = 12;
    private const int Fits = 3;

    /// <summary>Rows of uniform values with random labels: what they mean does not change what they cost.</summary>
    public static List<RowBlock> Draw()
    {
        var random = new Random(1);
        var blocks = new List<RowBlock>();
        for (var from = 0; from < Rows; from += RowsPerBlock)
        {
            var rows = Math.Min(RowsPerBlock, Rows - from);
            var values = GC.AllocateUninitializedArray<float>(rows * Features);
            foreach (ref var value in values.AsSpan())
                value = random.NextSingle();
            int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(Classes))];
            blocks.Add(RowBlock.Dense(rows, Features, values) with { Classes = labels });
        }

        return blocks;
    }

    /// <summary>The least and the median time of an epoch of batches of so many rows, in seconds, each fit's first not counted.</summary>
    public static (double Least, double Median) Seconds(List<RowBlock> rows, int threads, int batchSize)
    {
        double[] times = [.. Enumerable.Range(0, Fits).SelectMany(_ => Fit(rows, threads, batchSize)).Order()];
        return (times[0], times[times.Length / 2]);
    }

    private static IEnumerable<double> Fit(List<RowBlock> rows, int threads, int batchSize)
    {
        var result = LinearSolver.Fit(rows, null, new FitPlan
        {
            Loss = new SoftmaxCrossEntropyLoss(),
            Outputs = Classes,
            Solver = Solver.Sgd,
            Epochs = Epochs,
            BatchSize = batchSize,
            Threads = threads,
        });
        return result.History.Zip(result.History.Skip(1), (before, after) => (after.Elapsed - before.Elapsed).TotalSeconds);
    }
}

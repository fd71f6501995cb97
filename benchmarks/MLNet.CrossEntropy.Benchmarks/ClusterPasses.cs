using System.Diagnostics;
using System.Globalization;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>What a pass of a cluster costs: objective and gradient over all rows, on the ranks that mpirun has started.</summary>
internal static class ClusterPasses
{
    private const int Passes = 7;
    private const int SparseValues = 100;

    /// <summary>
    /// Few and many rows of each kind: what more rows cost is the rows' price, what is left is that of the sums, which is the same for any
    /// number of rows.
    /// </summary>
    private static readonly (int Rows, int Features, int Outputs)[] Sizes =
    [
        (16_384, 1_000, 2), (131_072, 1_000, 2), (4_096, 1_000, 100), (32_768, 1_000, 100),
        (16_384, 1_000_000, 2), (131_072, 1_000_000, 2),
    ];

    /// <summary>Measures on all ranks; rank 0 prints.</summary>
    public static void Print(TextWriter output, ICluster cluster, Func<(long Bytes, long Messages)> sent)
    {
        // Ranks on one machine share its processors; mpirun binds each to one of its own where there are enough.
        var threads = Math.Max(1, Environment.ProcessorCount / cluster.Size);
        var processors = Environment.ProcessorCount == 1 ? cluster.Size : Math.Min(Environment.ProcessorCount, cluster.Size * threads);
        if (cluster.Rank > 0)
            output = TextWriter.Null;
        output.WriteLine("| ranks | processors in all | rows | features | outputs | ms a pass | bytes a pass | messages a pass |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (rows, features, outputs) in Sizes)
        {
            var isSparse = features > 10_000;
            var own = rows / cluster.Size;
            using var shares = RowShares.Deal(cluster, Draw(own, features, outputs, isSparse, cluster.Rank), outputs, default);
            var loss = new SoftmaxCrossEntropyLoss();
            var summary = RowSummary.Of(shares, loss, outputs);
            using var team = new WorkerTeam(threads);
            using var objective = new LinearObjective(
                [shares.Own], summary, loss, new ElasticNet(0, 1e-6), FeatureScaling.None(features), team)
            {
                Shares = shares,
            };
            using var weights = objective.CreateWeights();
            double[] point = new double[objective.Parameters], gradient = new double[objective.Parameters];
            void Pass() => objective.Gradient(point, weights, shares.Own, gradient);
            Pass();
            var before = sent();
            var times = new double[Passes];
            for (var pass = 0; pass < Passes; pass++)
            {
                var clock = Stopwatch.StartNew();
                Pass();
                times[pass] = clock.Elapsed.TotalMilliseconds;
            }

            var after = sent();
            Array.Sort(times);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {cluster.Size} | {processors} | {rows} | {features}{(isSparse ? $", {SparseValues} a row" : "")} | {outputs} "
                    + $"| {times[Passes / 2]:F2} | {(after.Bytes - before.Bytes) / Passes} "
                    + $"| {(after.Messages - before.Messages) / Passes} |"));
        }

        PrintLatency(output, cluster);
    }

    private static void PrintLatency(TextWriter output, ICluster cluster)
    {
        if (cluster.Size == 1)
            return;
        foreach (var bytes in (int[])[8, 1 << 20])
        {
            const int Rounds = 200;
            var message = new byte[bytes];
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Rounds && cluster.Rank < 2; i++)
            {
                if (cluster.Rank == 0)
                    cluster.Exchange(1, message, -1, default);
                cluster.Exchange(-1, default, 1 - cluster.Rank, message);
                if (cluster.Rank == 1)
                    cluster.Exchange(0, message, -1, default);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"a message of {bytes} bytes: {clock.Elapsed.TotalMicroseconds / (2 * Rounds):F1} us"));
        }
    }

    private static List<RowBlock> Draw(int rows, int features, int outputs, bool isSparse, int seed)
    {
        const int BlockRows = 1_024;
        var random = new Random(seed);
        List<RowBlock> blocks = [];
        for (var from = 0; from < rows; from += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - from);
            int[] classes = [.. Enumerable.Range(0, count).Select(_ => random.Next(outputs))];
            var values = new float[isSparse ? count * SparseValues : count * features];
            for (var i = 0; i < values.Length; i++)
                values[i] = random.NextSingle() + 0.1f;
            int[] starts = [.. Enumerable.Range(0, count + 1).Select(r => r * SparseValues)];
            var gap = features / SparseValues;
            int[] indices = isSparse
                ? [.. Enumerable.Range(0, values.Length).Select(i => i % SparseValues * gap + random.Next(gap))]
                : [];
            blocks.Add((isSparse
                ? RowBlock.Sparse(count, features, starts, indices, values)
                : RowBlock.Dense(count, features, values)) with
            { Classes = classes });
        }

        return blocks;
    }
}

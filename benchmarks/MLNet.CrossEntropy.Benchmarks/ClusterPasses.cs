using System.Diagnostics;
using System.Globalization;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// What a pass of a cluster costs: objective and gradient over all rows, on the ranks that mpirun has started, then a model of it for more
/// ranks and other networks.
/// </summary>
/// <remarks>
/// A pass over N rows on R ranks takes <c>N/R a + (V/R + m) n b</c> of computing, for a seconds a row and b a number of the n = K (F + 1)
/// that each of the V shares adds up, m the few vectors that are merged, and of messages: short vectors <c>2 ceil(log2 R) (t + 8 n / B)</c>
/// up and down a tree, long ones <c>2 (R - 1) t + 16 n (R - 1) / R / B</c> in slices, for a latency t and B bytes a second.
/// </remarks>
internal static class ClusterPasses
{
    private const int Passes = 7;
    private const int SparseValues = 100;
    private const int ShortBytes = 1 << 16;

    private static readonly (string Name, double Latency, double Bandwidth)[] Networks =
    [
        ("10 GbE", 25e-6, 1.1e9),
        ("InfiniBand HDR", 2e-6, 20e9),
    ];

    /// <summary>What the tables of measured passes say of a row, by one processor.</summary>
    private static readonly double[] MicrosecondsOf = [1.4, 20, 1.5];

    /// <summary>Measures on all ranks; rank 0 prints.</summary>
    public static void Print(TextWriter output, ICluster cluster, Func<(long Bytes, long Messages)> sent)
    {
        // Ranks on one machine share its processors.
        var threads = Math.Max(1, Environment.ProcessorCount / cluster.Size);
        if (cluster.Rank > 0)
            output = TextWriter.Null;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{cluster.Size} ranks of {threads} threads, {Environment.ProcessorCount} processors"));
        output.WriteLine("| rows | features | outputs | ms a pass | bytes a rank sends | messages | us a row and processor |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (rows, features, outputs) in ((int, int, int)[])[(65_536, 1_000, 2), (16_384, 1_000, 100), (65_536, 1_000_000, 2)])
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
            // A gap that is given is not estimated, which a fit does once, at its end.
            void Pass() => objective.Certify(weights, rival: null, out _, gap: 0);
            Pass();
            var before = sent();
            var times = new double[Passes];
            for (var pass = 0; pass < Passes; pass++)
            {
                var clock = Stopwatch.StartNew();
                Pass();
                times[pass] = clock.Elapsed.TotalSeconds;
            }

            var after = sent();
            Array.Sort(times);
            var median = times[Passes / 2];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {rows} | {features}{(isSparse ? $", {SparseValues} a row" : "")} | {outputs} | {1e3 * median:F2} "
                    + $"| {(after.Bytes - before.Bytes) / Passes} | {(after.Messages - before.Messages) / Passes} "
                    + $"| {1e6 * median / rows * cluster.Size * threads:F3} |"));
        }

        PrintLatency(output, cluster);
    }

    /// <summary>The model for 8 to 1,024 ranks, of processors that take so long for a row.</summary>
    public static void PrintModel(TextWriter output)
    {
        const double Rows = 1e8, Add = 12e-9;
        const int Processors = 16;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Rows:G3} rows, ranks of {Processors} processors: s a pass (efficiency)"));
        output.WriteLine("| features | outputs | network | 8 | 64 | 256 | 1024 |");
        output.WriteLine("|---:|---:|---|---:|---:|---:|---:|");
        (int, int, double)[] sizes =
        [
            (1_000, 2, MicrosecondsOf[0]), (1_000, 100, MicrosecondsOf[1]), (1_000_000, 2, MicrosecondsOf[2]),
            (1_000_000, 100, 20 * MicrosecondsOf[2]),
        ];
        foreach (var (features, outputs, row) in sizes)
        {
            foreach (var network in Networks)
            {
                double Time(int ranks)
                {
                    double numbers = outputs * (features + 1.0), shares = Math.Max(64, ranks) / (double)ranks;
                    var compute = Rows / ranks * row * 1e-6 / Processors + (shares + 2) * numbers * Add;
                    var rounds = Math.Ceiling(Math.Log2(ranks));
                    var messages = numbers * 8 < ShortBytes
                        ? 2 * rounds * (network.Latency + 8 * numbers / network.Bandwidth)
                        : 2 * (ranks - 1) * network.Latency + 16 * numbers * (ranks - 1) / ranks / network.Bandwidth;
                    return compute + (ranks == 1 ? 0 : messages);
                }

                var alone = Rows * row * 1e-6 / Processors;
                var cells = ((int[])[8, 64, 256, 1024]).Select(ranks =>
                    string.Create(CultureInfo.InvariantCulture, $"{Time(ranks):G3} ({100 * alone / (ranks * Time(ranks)):F0} %)"));
                output.WriteLine($"| {features} | {outputs} | {network.Name} | {string.Join(" | ", cells)} |");
            }
        }
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

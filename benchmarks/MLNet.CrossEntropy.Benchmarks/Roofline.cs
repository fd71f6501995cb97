using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// What the machine can do on a number of threads at best: bytes read from memory a second, and float operations a second with every
/// fused multiply-add counted as two.
/// </summary>
internal sealed record Roofline(int Threads, double BytesPerSecond, double FlopsPerSecond)
{
    /// <summary>Far more than any cache holds.</summary>
    private const int StreamBytes = 512 << 20;

    private const int FmaRounds = 2_000_000;

    /// <summary>What a fit takes by itself, and more rows a step: the weights move less often.</summary>
    private static readonly int[] BatchSizes = [256, 512, 1_024];

    /// <summary>Many short runs, so that one of them meets a quiet machine.</summary>
    private const int Repetitions = 30;

    /// <summary>
    /// The shortest time, in seconds, of one pass of SGD over dense float rows: each row is read once, and each of its features takes a
    /// multiply-add for each output's logit and another for its gradient, <c>max(4 N F / bandwidth, 4 N F K / peak)</c>.
    /// </summary>
    public double DenseEpochLimit(long rows, int features, int outputs)
    {
        var cells = (double)rows * features;
        return Math.Max(cells * sizeof(float) / BytesPerSecond, 4 * cells * outputs / FlopsPerSecond);
    }

    /// <summary>Measures this machine.</summary>
    public static Roofline Measure(int threads)
    {
        var flops = 2.0 * FmaPeak.Accumulators * FmaPeak.Lanes * FmaRounds * threads;
        return new Roofline(threads, StreamBytes / MeasureStream(threads), flops / MeasureFma(threads));
    }

    /// <summary>Measures 1 and 2 threads and prints them.</summary>
    public static void Print(TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, " +
                $"{FmaPeak.Width}-bit vectors"));
        output.WriteLine($"One epoch of {DenseEpoch.Rows} x {DenseEpoch.Features} floats, {DenseEpoch.Classes} classes:");
        output.WriteLine(
            "| threads | read GB/s | float FMA GFLOP/s | limit, ms an epoch | batch | best epoch, ms | median epoch, ms | best share of " +
            "the limit |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        var rows = DenseEpoch.Draw();
        foreach (var threads in new[] { 1, 2 })
        {
            var r = Measure(threads);
            var limit = r.DenseEpochLimit(DenseEpoch.Rows, DenseEpoch.Features, DenseEpoch.Classes);
            foreach (var batchSize in BatchSizes)
            {
                // The limit is the best of many runs, so the epoch is, too.
                (var least, var median) = DenseEpoch.Seconds(rows, threads, batchSize);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {threads} | {r.BytesPerSecond / 1e9:F1} | {r.FlopsPerSecond / 1e9:F1} | {limit * 1e3:F1} | {batchSize} | " +
                        $"{least * 1e3:F1} | {median * 1e3:F1} | {limit / least:P0} |"));
            }
        }
    }

    private static double MeasureStream(int threads)
    {
        var parts = new float[threads][];
        for (var i = 0; i < threads; i++)
        {
            // Written once, so that every page is in memory before it is read.
            parts[i] = new float[StreamBytes / sizeof(float) / threads];
            parts[i].AsSpan().Fill(1);
        }

        return Stopwatches.BestSeconds(threads, Repetitions, thread => SumOf(parts[thread]));
    }

    private static double MeasureFma(int threads) => Stopwatches.BestSeconds(threads, Repetitions, _ => FmaPeak.Run(FmaRounds));

    private static float SumOf(ReadOnlySpan<float> values)
    {
        // Four sums keep enough loads in flight; the additions hide behind them.
        Vector512<float> a = default, b = default, c = default, d = default;
        ref var first = ref MemoryMarshal.GetReference(values);
        var length = (nuint)values.Length;
        for (nuint i = 0; i + 64 <= length; i += 64)
        {
            a += Vector512.LoadUnsafe(ref first, i);
            b += Vector512.LoadUnsafe(ref first, i + 16);
            c += Vector512.LoadUnsafe(ref first, i + 32);
            d += Vector512.LoadUnsafe(ref first, i + 48);
        }

        return Vector512.Sum(a + b + (c + d));
    }
}

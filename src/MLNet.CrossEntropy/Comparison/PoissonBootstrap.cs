using System.Numerics;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>
/// Resamples mean differences in one pass: resample b weighs row i by a draw of Poisson(1) that depends on seed, b and the row's key alone
/// (rows of one key, such as a group, share it). Rows wait in a buffer; full, it is added up resample by resample on all threads, each
/// sum in the order of the rows, so that the outcome is the same bits on any number of threads.
/// </summary>
internal sealed class PoissonBootstrap : IDisposable
{
    private const int BufferedRows = 512;

    private readonly int _resamples;
    private readonly int _threads;
    private readonly ulong _seed;
    private readonly ulong[] _keys = new ulong[BufferedRows];
    private readonly double[] _weights = new double[BufferedRows];
    private readonly double[][] _differences;
    private readonly double[] _weightSums;
    private readonly double[][] _differenceSums;
    private WorkerTeam? _team;
    private int _count;

    public PoissonBootstrap(int resamples, int seed, int pairs, int threads)
    {
        var chunks = (resamples + PoissonWeights.ChunkLength - 1) / PoissonWeights.ChunkLength;
        (_resamples, _seed, _threads) = (resamples, (ulong)seed, Math.Min(threads, chunks));
        _differences = [.. Enumerable.Range(0, pairs).Select(_ => new double[BufferedRows])];
        _weightSums = new double[chunks * PoissonWeights.ChunkLength];
        _differenceSums = [.. Enumerable.Range(0, pairs).Select(_ => new double[_weightSums.Length])];
    }

    /// <summary>Adds a row's differences, one a pair.</summary>
    public void Add(ulong key, double weight, PairSums[] pairs)
    {
        if (_count == BufferedRows)
            Flush();
        _keys[_count] = key;
        _weights[_count] = weight;
        for (var p = 0; p < _differences.Length; p++)
            _differences[p][_count] = weight * pairs[p].Difference;
        _count++;
    }

    /// <summary>The resamples of a pair that held any row, the standard deviation of their mean differences and its percentiles.</summary>
    public (int Resamples, double StandardError, ConfidenceInterval Interval) ToInterval(int pair, double level)
    {
        Flush();
        double[] means =
        [
            .. Enumerable.Range(0, _resamples)
                .Where(b => _weightSums[b] > 0)
                .Select(b => _differenceSums[pair][b] / _weightSums[b])
                .Order(),
        ];
        if (means.Length < 2)
            return (means.Length, double.NaN, new(double.NaN, double.NaN, level));
        var mean = means.Average();
        var variance = means.Sum(m => (m - mean) * (m - mean)) / (means.Length - 1);
        return (means.Length, Math.Sqrt(variance), new(Quantile(means, (1 - level) / 2), Quantile(means, (1 + level) / 2), level));
    }

    public void Dispose() => _team?.Dispose();

    /// <summary>The quantile that interpolates between sorted values, the i-th of n at (i - 1) / (n - 1).</summary>
    private static double Quantile(double[] sorted, double p)
    {
        var place = p * (sorted.Length - 1);
        var below = Math.Min((int)place, sorted.Length - 2);
        return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    private void Flush()
    {
        var chunks = _weightSums.Length / PoissonWeights.ChunkLength;
        // Rows that fit into one buffer are not worth a thread.
        if (_count == BufferedRows)
        {
            _team ??= new(_threads);
            _team.Run(member =>
            {
                (var from, var to) = _team.Share(member, chunks);
                AddChunks(from, to);
            });
        }
        else
        {
            AddChunks(0, chunks);
        }
        _count = 0;
    }

    private void AddChunks(int from, int to)
    {
        Span<double> draws = stackalloc double[PoissonWeights.ChunkLength];
        for (var chunk = from; chunk < to; chunk++)
        {
            for (var row = 0; row < _count; row++)
            {
                PoissonWeights.Draw(_seed, _keys[row], chunk, draws);
                AddScaled(draws, _weights[row], _weightSums, chunk);
                for (var p = 0; p < _differences.Length; p++)
                    AddScaled(draws, _differences[p][row], _differenceSums[p], chunk);
            }
        }
    }

    private static void AddScaled(ReadOnlySpan<double> draws, double factor, double[] sums, int chunk)
    {
        var x = MemoryMarshal.Cast<double, Vector<double>>(draws);
        var y = MemoryMarshal.Cast<double, Vector<double>>(sums.AsSpan(chunk * PoissonWeights.ChunkLength, PoissonWeights.ChunkLength));
        for (var i = 0; i < x.Length; i++)
            y[i] += x[i] * factor;
    }
}

/// <summary>Draws of a Poisson distribution of mean 1 that are a function of seed, row and resample: whoever asks gets the same.</summary>
internal static class PoissonWeights
{
    /// <summary>The number of resamples whose weights are drawn together.</summary>
    public const int ChunkLength = 64;

    // A uniform u of 16 bits makes the weight k for P(X < k) <= u / 65536 < P(X <= k): it is the number of thresholds not above u.
    // Beyond 8 the probability, 1e-6, is below the resolution; the mean is off by 2e-5, which the ratio of sums does not see.
    private static readonly ushort[] Thresholds = MakeThresholds();

    /// <summary>The weights of one row in the resamples of a chunk.</summary>
    public static void Draw(ulong seed, ulong key, int chunk, Span<double> weights)
    {
        Span<ulong> random = stackalloc ulong[ChunkLength / 4];
        var state = SplitMix64.Mix(SplitMix64.Mix(seed + SplitMix64.Gamma) ^ SplitMix64.Mix(key));
        state += SplitMix64.Gamma * (ulong)(chunk * random.Length);
        for (var i = 0; i < random.Length; i++)
            random[i] = SplitMix64.Mix(state += SplitMix64.Gamma);

        var uniforms = MemoryMarshal.Cast<ulong, Vector<ushort>>(random);
        foreach (ref var u in uniforms)
        {
            var draws = Vector<ushort>.Zero;
            foreach (var threshold in Thresholds)
                draws -= Vector.GreaterThanOrEqual(u, new Vector<ushort>(threshold));
            u = draws;
        }
        ReadOnlySpan<ushort> whole = MemoryMarshal.Cast<ulong, ushort>(random);
        for (var i = 0; i < whole.Length; i++)
            weights[i] = whole[i];
    }

    private static ushort[] MakeThresholds()
    {
        List<ushort> thresholds = [];
        double term = Math.Exp(-1), below = term;
        for (var k = 1; Math.Round(65536 * below) < 65536; k++)
        {
            thresholds.Add((ushort)Math.Round(65536 * below));
            term /= k;
            below += term;
        }
        return [.. thresholds];
    }
}

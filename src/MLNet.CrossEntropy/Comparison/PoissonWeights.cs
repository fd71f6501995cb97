using System.Numerics;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Draws of a Poisson distribution of mean 1 that are a function of seed, row and resample: whoever asks gets the same.</summary>
internal static class PoissonWeights
{
    /// <summary>The number of resamples whose weights are drawn together.</summary>
    public const int ChunkLength = 64;

    private const ulong Golden = 0x9E3779B97F4A7C15;

    // A uniform u of 16 bits makes the weight k for P(X < k) <= u / 65536 < P(X <= k): it is the number of thresholds not above u.
    // Beyond 8 the probability, 1e-6, is below the resolution; the mean is off by 2e-5, which the ratio of sums does not see.
    private static readonly ushort[] Thresholds = MakeThresholds();

    /// <summary>The weights of one row in the resamples of a chunk.</summary>
    public static void Draw(ulong seed, ulong key, int chunk, Span<double> weights)
    {
        Span<ulong> random = stackalloc ulong[ChunkLength / 4];
        var state = Mix(Mix(seed + Golden) ^ Mix(key)) + Golden * (ulong)(chunk * random.Length);
        for (var i = 0; i < random.Length; i++)
            random[i] = Mix(state += Golden);

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

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
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

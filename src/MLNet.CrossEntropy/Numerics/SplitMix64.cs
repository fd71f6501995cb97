namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// The generator of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators": the i-th number of a seed is
/// <c>Mix(seed + i Gamma)</c>. One of our own, because <see cref="Random"/>'s sequence for a seed may change between frameworks.
/// </summary>
internal static class SplitMix64
{
    /// <summary>The odd number by which the state advances.</summary>
    public const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>64 bits that look random, different for different <paramref name="z"/>.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

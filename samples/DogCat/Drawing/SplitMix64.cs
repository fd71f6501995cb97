namespace DogCat.Drawing;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014): a small random generator of our own, so that a seed gives the same pictures on
/// every machine and .NET version.
/// </summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>An independent generator for item <paramref name="index"/> of a series, whatever was drawn for the items before it.</summary>
    public static SplitMix64 ForItem(int seed, int index) => new(Mix(Mix((uint)seed) + (uint)index));

    /// <summary>Uniform on [0, 1), with 53 random bits.</summary>
    public double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform between two numbers.</summary>
    public float Between(float low, float high) => low + (high - low) * (float)Uniform();

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>
    /// A bell curve with mean 0 and standard deviation 1: the sum of four uniforms, scaled. Unlike the normal distribution's
    /// logarithm and cosine it is rounded the same way everywhere.
    /// </summary>
    public float Bell() => (float)((Uniform() + Uniform() + Uniform() + Uniform() - 2) * 1.7320508075688772);

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(ReadOnlySpan<T> items) => items[(int)(Uniform() * items.Length)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

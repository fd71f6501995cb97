using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// A probability as an integer that orders like the probability itself, yet keeps the digits of 1 - q near 1: below a half it is the bit
/// pattern of q, above it that of 1 - q counted backwards.
/// </summary>
internal static class ForecastKey
{
    /// <summary>The key of a half, its bit pattern; keys above it count complements.</summary>
    public const long Half = 0x3FE0_0000_0000_0000;

    /// <summary>The key of 1, the largest there is.</summary>
    public const long One = 2 * Half;

    /// <summary>The key of a probability, given 1 less it too.</summary>
    public static long Of(double probability, double complement) =>
        // Adding 0 makes a 0 of -0.
        probability < 0.5
            ? BitConverter.DoubleToInt64Bits(probability + 0.0)
            : One - BitConverter.DoubleToInt64Bits(Math.Clamp(complement, 0, 0.5));

    /// <summary>The keys of probabilities, given 1 less each of them, at least 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<long> Of(Vector<double> probability, Vector<double> complement)
    {
        Vector<double> half = new(0.5);
        var upper = new Vector<long>(One) - Vector.AsVectorInt64(Vector.MinNative(complement, half));
        return Vector.ConditionalSelect(Vector.LessThan(probability, half), Vector.AsVectorInt64(probability + Vector<double>.Zero), upper);
    }

    /// <summary>The keys of probabilities of single precision, which may lie above 1 by rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<long> OfSingle(Vector<double> probability) =>
        Of(probability, Vector.MaxNative(Vector<double>.One - probability, Vector<double>.Zero));

    /// <summary>The keys of probabilities in single precision, whose complements follow from them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Of(ReadOnlySpan<float> probabilities, Span<long> keys)
    {
        var i = 0;
        for (; i <= probabilities.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(probabilities[i..]), out var lower, out var upper);
            OfSingle(lower).CopyTo(keys[i..]);
            OfSingle(upper).CopyTo(keys[(i + Vector<long>.Count)..]);
        }
        for (; i < probabilities.Length; i++)
            keys[i] = Of(probabilities[i], 1.0 - probabilities[i]);
    }

    /// <summary>The smaller of the probability and its complement.</summary>
    public static double Tail(long key) => BitConverter.Int64BitsToDouble(Math.Min(key, One - key));

    public static double Probability(long key) => key < Half ? Tail(key) : 1 - Tail(key);

    /// <summary>1 less the probability.</summary>
    public static double Complement(long key) => key < Half ? 1 - Tail(key) : Tail(key);
}

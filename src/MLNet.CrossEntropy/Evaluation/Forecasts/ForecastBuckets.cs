using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The intervals that <see cref="BucketedForecasts"/> counts forecasts in: of relative width 2^-8 of the forecast or of its complement,
/// whichever is smaller (a code), and cut at the edges of the reliability bins, so that none lies in two of them. Code and bin both
/// rise with the
/// forecast; so does their sum, which numbers the buckets without a look into a table. Some numbers are left empty.
/// </summary>
internal sealed class ForecastBuckets
{
    /// <summary>Tails are kept to so many bits below those that choose the code.</summary>
    public const int OffsetBits = 20;

    private const int MantissaBits = 8;
    private const int SmallestExponent = -64;
    private const int Shift = 52 - MantissaBits;

    // A code is the exponent and the first bits of the mantissa.
    private const int FirstCode = (1023 + SmallestExponent) << MantissaBits;
    private const int Codes = (int)(ForecastKey.Half >> Shift) - FirstCode + 1;

    private const int FloatShift = 23 - MantissaBits;
    private const int FirstFloatCode = (127 + SmallestExponent) << MantissaBits;

    // 2^SmallestExponent.
    private const float SmallestTail = 5.421010862427522e-20f;

    // 1.5 times the power of two at which a double's, or a float's, last digit is 1: adding it rounds to an integer, which then stands
    // in the low bits.
    private const double RoundDouble = 6755399441055744.0;
    private const float RoundSingle = 12582912f;

    private static ForecastBuckets? _last;

    private readonly int _bins;
    private readonly long[] _edges;
    private readonly long[] _upper;

    private ForecastBuckets(int bins)
    {
        _bins = bins;
        _edges = [.. Enumerable.Range(0, bins + 1).Select(edge => EdgeKey((double)edge / bins))];
        List<long> upper = [];
        var next = 1;
        for (var code = 0; code < 2 * Codes; code++)
        {
            var last = LastKeyOf(code);
            for (; next < bins && _edges[next] <= last; next++)
                upper.Add(_edges[next]);
            upper.Add(last);
        }
        _upper = [.. upper];
    }

    public int Count => _upper.Length;

    /// <summary>The buckets for so many reliability bins, made once for all distributions of an evaluation.</summary>
    public static ForecastBuckets For(int bins)
    {
        var last = _last;
        return last?._bins == bins ? last : _last = new(bins);
    }

    /// <summary>Whether a tail is too small to be told from others by the bucket alone.</summary>
    public static bool IsTiny(long key) => Math.Min(key, ForecastKey.One - key) < (long)FirstCode << Shift;

    /// <summary>The bucket of a key.</summary>
    public int IndexOf(long key)
    {
        var edge = (int)Math.Round(ForecastKey.Probability(key) * _bins);
        // The edge nearest to the forecast is the upper one of its bin, or the lower one.
        return CodeOf(key) + Math.Max(key > _edges[edge] ? edge : edge - 1, 0);
    }

    /// <summary>The lowest or highest forecast that shares a bucket with this one, and its complement.</summary>
    public (double Probability, double Complement) EdgeOf(double probability, double complement, bool highest)
    {
        var bucket = IndexOf(ForecastKey.Of(probability, complement));
        var key = highest ? _upper[bucket] : bucket == 0 ? 0 : _upper[bucket - 1] + 1;
        return (ForecastKey.Probability(key), ForecastKey.Complement(key));
    }

    /// <summary>The sum of the tails of rows in a bucket, given the sum of their offsets.</summary>
    public double TailsOf(int bucket, long rows, long offsets)
    {
        var code = CodeOf(_upper[bucket]);
        var first = (long)(FirstCode + (code < Codes ? code : 2 * Codes - 1 - code)) << Shift;
        double tail = BitConverter.Int64BitsToDouble(first), width = BitConverter.Int64BitsToDouble(first + (1L << Shift)) - tail;
        return rows * tail + offsets * (width / (1 << OffsetBits));
    }

    /// <summary>The group of a bucket's rows by the mean of their tails, kept inside the bucket in spite of rounding.</summary>
    public ScoreGroup ToGroup(int bucket, double meanTail, double positive, double negative, double squaredWeights)
    {
        long upper = _upper[bucket], lower = bucket == 0 ? 0 : _upper[bucket - 1] + 1;
        var isUpper = upper >= ForecastKey.Half;
        double atLower = ForecastKey.Tail(lower), atUpper = ForecastKey.Tail(upper);
        var tail = Math.Clamp(meanTail, Math.Min(atLower, atUpper), Math.Max(atLower, atUpper));
        return new(isUpper ? 1 - tail : tail, isUpper ? tail : 1 - tail, positive, negative, squaredWeights);
    }

    private static long EdgeKey(double probability) => ForecastKey.Of(probability, 1 - probability);

    private static int CodeOf(long key)
    {
        var code = Math.Max((int)(Math.Min(key, ForecastKey.One - key) >> Shift) - FirstCode, 0);
        return key < ForecastKey.Half ? code : 2 * Codes - 1 - code;
    }

    private static long LastKeyOf(int code) =>
        code < Codes - 1 ? ((long)(FirstCode + code + 1) << Shift) - 1
        : code == Codes - 1 ? ForecastKey.Half - 1
        : code == 2 * Codes - 1 ? ForecastKey.One
        : ForecastKey.One - ((long)(FirstCode + (2 * Codes - 1 - code)) << Shift);

    /// <summary>
    /// The buckets of probabilities, and how far their tails lie from the lower edge of their code, in 2^-<see cref="OffsetBits"/> of
    /// its width.
    /// </summary>
    /// <returns>Whether none of them is tiny (<see cref="IsTiny"/>); those that are have an offset of 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Find(ReadOnlySpan<float> probabilities, Span<int> buckets, Span<int> offsets)
    {
        Vector<float> bins = new(_bins), half = new(0.5f), smallest = new(SmallestTail), round = new(RoundSingle);
        Vector<int> isTiny = default;
        var i = 0;
        for (; i <= probabilities.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            // 1 - q is exact from a half on. Rounding may have let a probability overshoot 1.
            Vector<float> q = Vector.MinNative(new Vector<float>(probabilities[i..]), Vector<float>.One);
            Vector<float> tail = Vector.MinNative(q, Vector<float>.One - q);
            isTiny |= Vector.LessThan(tail, smallest);
            Vector<int> bits = Vector.AsVectorInt32(Vector.MaxNative(tail, smallest));
            var code = (bits >> FloatShift) - new Vector<int>(FirstFloatCode);
            code = Vector.ConditionalSelect(Vector.LessThan(q, half), code, new Vector<int>(2 * Codes - 1) - code);

            // The sign of q * bins - n is that of the exact difference.
            Vector<float> rounded = q * bins + round, nearest = rounded - round;
            Vector<int> isAbove = Vector.GreaterThan(Vector.FusedMultiplyAdd(q, bins, -nearest), Vector<float>.Zero);
            var bin = Vector.AsVectorInt32(rounded) - Vector.AsVectorInt32(round) - Vector<int>.One - isAbove;
            (code + Vector.Max(bin, Vector<int>.Zero)).CopyTo(buckets[i..]);
            ((bits & new Vector<int>((1 << FloatShift) - 1)) << (OffsetBits - FloatShift)).CopyTo(offsets[i..]);
        }
        var anyTiny = isTiny != Vector<int>.Zero;
        for (; i < probabilities.Length; i++)
            anyTiny |= Find(ForecastKey.Of(probabilities[i], 1.0 - probabilities[i]), out buckets[i], out offsets[i]);
        return !anyTiny;
    }

    /// <inheritdoc cref="Find(ReadOnlySpan{float}, Span{int}, Span{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Find(ReadOnlySpan<long> keys, Span<int> buckets, Span<int> offsets)
    {
        Vector<long> isTiny = default;
        var i = 0;
        for (; i <= keys.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            isTiny |= Find(new Vector<long>(keys[i..]), out var lowerBucket, out var lowerOffset);
            isTiny |= Find(new Vector<long>(keys[(i + Vector<long>.Count)..]), out var upperBucket, out var upperOffset);
            Vector.Narrow(lowerBucket, upperBucket).CopyTo(buckets[i..]);
            Vector.Narrow(lowerOffset, upperOffset).CopyTo(offsets[i..]);
        }
        var anyTiny = isTiny != Vector<long>.Zero;
        for (; i < keys.Length; i++)
            anyTiny |= Find(keys[i], out buckets[i], out offsets[i]);
        return !anyTiny;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<long> Find(Vector<long> key, out Vector<long> bucket, out Vector<long> offset)
    {
        Vector<long> tail = Vector.Min(key, new Vector<long>(ForecastKey.One) - key), smallest = new((long)FirstCode << Shift);
        Vector<long> isLower = Vector.LessThan(key, new Vector<long>(ForecastKey.Half));
        Vector<long> bits = Vector.Max(tail, smallest);
        var code = (bits >> Shift) - new Vector<long>(FirstCode);
        code = Vector.ConditionalSelect(isLower, code, new Vector<long>(2 * Codes - 1) - code);
        // To the nearest; the low bits of the offset are dropped.
        offset = ((bits & new Vector<long>((1L << Shift) - 1)) + new Vector<long>(1L << (Shift - OffsetBits - 1))) >> (Shift - OffsetBits);

        Vector<double> t = Vector.AsVectorDouble(tail), q = Vector.ConditionalSelect(isLower, t, Vector<double>.One - t), bins = new(_bins);
        Vector<double> rounded = q * bins + new Vector<double>(RoundDouble), edge = (rounded - new Vector<double>(RoundDouble)) / bins;
        Vector<long> isAbove = Vector.ConditionalSelect(
            isLower, Vector.GreaterThan(t, edge), Vector.LessThan(t, Vector<double>.One - edge));
        Vector<long> zero = new(BitConverter.DoubleToInt64Bits(RoundDouble));
        var bin = Vector.AsVectorInt64(rounded) - zero - Vector<long>.One - isAbove;
        bucket = code + Vector.Max(bin, Vector<long>.Zero);
        return Vector.LessThan(tail, smallest);
    }

    private bool Find(long key, out int bucket, out int offset)
    {
        var bits = Math.Max(Math.Min(key, ForecastKey.One - key), (long)FirstCode << Shift);
        bucket = IndexOf(key);
        offset = (int)(((bits & ((1L << Shift) - 1)) + (1L << (Shift - OffsetBits - 1))) >> (Shift - OffsetBits));
        return IsTiny(key);
    }
}

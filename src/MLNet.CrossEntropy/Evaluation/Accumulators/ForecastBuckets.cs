using System.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The intervals that <see cref="ScoreDistribution"/> counts forecasts in once there are many: of relative width 2^-8 of the forecast
/// or of its complement, whichever is smaller, and cut at the edges of the reliability bins, so that none lies in two of them.
/// </summary>
internal sealed class ForecastBuckets
{
    private const int MantissaBits = 8;
    private const int SmallestExponent = -64;
    private const int Shift = 52 - MantissaBits;

    // A code is the exponent and the first bits of the mantissa.
    private const int FirstCode = (1023 + SmallestExponent) << MantissaBits;
    private const int Codes = (int)(ForecastKey.Half >> Shift) - FirstCode + 1;
    private static ForecastBuckets? _last;

    private readonly int _bins;
    private readonly int[] _bucketOfCode = new int[2 * Codes];
    private readonly long[] _upper;

    private ForecastBuckets(int bins)
    {
        _bins = bins;
        List<long> upper = [];
        int edge = 1;
        for (int code = 0; code < 2 * Codes; code++)
        {
            int first = upper.Count;
            long last = LastKeyOf(code);
            for (; edge < bins && EdgeKey(edge) <= last; edge++)
            {
                if (EdgeKey(edge) < last)
                    upper.Add(EdgeKey(edge));
            }
            upper.Add(last);
            _bucketOfCode[code] = first == upper.Count - 1 ? first : ~first;
        }
        _upper = [.. upper];
    }

    public int Count => _upper.Length;

    /// <summary>The bucket of a code, or, of a code that edges cut into several, the complement ~b of the first.</summary>
    public ReadOnlySpan<int> BucketOfCode => _bucketOfCode;

    /// <summary>The buckets for so many reliability bins, made once for all distributions of an evaluation.</summary>
    public static ForecastBuckets For(int bins)
    {
        ForecastBuckets? last = _last;
        return last?._bins == bins ? last : _last = new(bins);
    }

    /// <summary>The interval of relative width 2^-8 that a key lies in, whatever the edges.</summary>
    public static int CodeOf(long key)
    {
        int code = Math.Max((int)(Math.Min(key, ForecastKey.One - key) >> Shift) - FirstCode, 0);
        return key < ForecastKey.Half ? code : 2 * Codes - 1 - code;
    }

    /// <summary>The codes and tails of many keys.</summary>
    public static void CodesOf(ReadOnlySpan<long> keys, Span<long> codes, Span<double> tails)
    {
        int i = 0;
        for (; i <= keys.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            Vector<long> key = new(keys[i..]), tail = Vector.Min(key, new Vector<long>(ForecastKey.One) - key);
            Vector<long> code = Vector.Max((tail >>> Shift) - new Vector<long>(FirstCode), Vector<long>.Zero);
            Vector.ConditionalSelect(Vector.LessThan(key, new Vector<long>(ForecastKey.Half)), code, new Vector<long>(2 * Codes - 1) - code).CopyTo(codes[i..]);
            Vector.AsVectorDouble(tail).CopyTo(tails[i..]);
        }
        for (; i < keys.Length; i++)
            (codes[i], tails[i]) = (CodeOf(keys[i]), ForecastKey.Tail(keys[i]));
    }

    /// <summary>The bucket of a key, given its code.</summary>
    public int IndexOf(long key, long code)
    {
        int bucket = _bucketOfCode[code];
        return bucket >= 0 ? bucket : IndexAmongCut(key, ~bucket);
    }

    /// <summary>The bucket of a key among those that edges cut its code into, given the first of them.</summary>
    public int IndexAmongCut(long key, int bucket)
    {
        while (key > _upper[bucket])
            bucket++;
        return bucket;
    }

    /// <summary>The group of a bucket's rows by the mean of their tails, kept inside the bucket in spite of rounding.</summary>
    public ScoreGroup ToGroup(int bucket, double meanTail, double positive, double negative, double squaredWeights)
    {
        long upper = _upper[bucket], lower = bucket == 0 ? 0 : _upper[bucket - 1] + 1;
        bool isUpper = upper >= ForecastKey.Half;
        double atLower = ForecastKey.Tail(lower), atUpper = ForecastKey.Tail(upper);
        double tail = Math.Clamp(meanTail, Math.Min(atLower, atUpper), Math.Max(atLower, atUpper));
        return new(isUpper ? 1 - tail : tail, isUpper ? tail : 1 - tail, positive, negative, squaredWeights);
    }

    private long EdgeKey(int edge)
    {
        double probability = (double)edge / _bins;
        return ForecastKey.Of(probability, 1 - probability);
    }

    private static long LastKeyOf(int code) =>
        code < Codes - 1 ? ((long)(FirstCode + code + 1) << Shift) - 1
        : code == Codes - 1 ? ForecastKey.Half - 1
        : code == 2 * Codes - 1 ? ForecastKey.One
        : ForecastKey.One - ((long)(FirstCode + (2 * Codes - 1 - code)) << Shift);
}

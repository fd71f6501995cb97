namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The intervals that <see cref="BucketedForecasts"/> counts forecasts in: of relative width 2^-8 of the forecast or of its complement,
/// whichever is smaller (a code), and cut at the edges of the reliability bins, so that none lies in two of them. Code and bin both rise with the
/// forecast; so does their sum, which numbers the buckets without a look into a table. Some numbers are left empty.
/// </summary>
internal sealed partial class ForecastBuckets
{
    /// <summary>Tails are kept to so many bits below those that choose the code.</summary>
    public const int OffsetBits = 20;

    private const int MantissaBits = 8;
    private const int SmallestExponent = -64;
    private const int Shift = 52 - MantissaBits;

    // A code is the exponent and the first bits of the mantissa.
    private const int FirstCode = (1023 + SmallestExponent) << MantissaBits;
    private const int Codes = (int)(ForecastKey.Half >> Shift) - FirstCode + 1;
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
}

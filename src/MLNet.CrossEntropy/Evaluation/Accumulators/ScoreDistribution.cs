namespace MLNet.CrossEntropy;

/// <summary>
/// The joint distribution of forecast and outcome of one event, in bounded memory: every row as it is up to
/// <see cref="ExactRows"/>, beyond that counts in buckets of relative width 2^-8 of the forecast or of its complement,
/// whichever is smaller. The outcome does not depend on the order of rows.
/// </summary>
internal sealed class ScoreDistribution
{
    public const int ExactRows = 1 << 16;

    private const int MantissaBits = 8;
    private const int SmallestExponent = -64;

    private static readonly long Half = BitConverter.DoubleToInt64Bits(0.5);
    private static readonly int FirstBucket = (int)(BitConverter.DoubleToInt64Bits(Math.ScaleB(1, SmallestExponent)) >> (52 - MantissaBits));
    private static readonly int Buckets = 2 * ((int)(Half >> (52 - MantissaBits)) - FirstBucket + 1);

    // A row's weight is positive where the event came true and negative where it did not.
    private long[] _keys = new long[64];
    private double[] _signedWeights = new double[64];
    private int _rows;
    private Bucket[]? _buckets;

    public bool IsExact => _buckets is null;

    public void Add(double probability, double complement, double positive, double negative)
    {
        long key = KeyOf(probability, complement);
        if (positive > 0)
            Add(key, positive);
        if (negative > 0)
            Add(key, -negative);
    }

    public void Merge(ScoreDistribution other)
    {
        if (other._buckets is not null)
        {
            Pour();
            for (int b = 0; b < Buckets; b++)
                _buckets![b].Merge(other._buckets[b]);
            return;
        }
        for (int i = 0; i < other._rows; i++)
            Add(other._keys[i], other._signedWeights[i]);
    }

    /// <summary>The groups of equal forecast (or of one bucket), lowest forecast first.</summary>
    public List<ScoreGroup> ToGroups()
    {
        List<ScoreGroup> groups = [];
        if (_buckets is not null)
        {
            for (int b = 0; b < Buckets; b++)
            {
                if (_buckets[b].Weight > 0)
                    groups.Add(_buckets[b].ToGroup(isUpper: b >= Buckets / 2, _buckets[b].MeanTail));
            }
            return groups;
        }

        Array.Sort(_keys, _signedWeights, 0, _rows);
        for (int i = 0; i < _rows;)
        {
            long key = _keys[i];
            Bucket sums = default;
            for (; i < _rows && _keys[i] == key; i++)
                sums.Add(TailOf(key), _signedWeights[i]);
            groups.Add(sums.ToGroup(isUpper: key >= Half, TailOf(key)));
        }
        return groups;
    }

    private void Add(long key, double signedWeight)
    {
        if (_buckets is null && _rows == ExactRows)
            Pour();
        if (_buckets is not null)
        {
            _buckets[BucketOf(key)].Add(TailOf(key), signedWeight);
            return;
        }
        if (_rows == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * _rows);
            Array.Resize(ref _signedWeights, 2 * _rows);
        }
        _keys[_rows] = key;
        _signedWeights[_rows++] = signedWeight;
    }

    private void Pour()
    {
        if (_buckets is not null)
            return;
        _buckets = new Bucket[Buckets];
        for (int i = 0; i < _rows; i++)
            _buckets[BucketOf(_keys[i])].Add(TailOf(_keys[i]), _signedWeights[i]);
        (_keys, _signedWeights, _rows) = ([], [], 0);
    }

    // A key orders forecasts like the forecasts themselves, yet keeps the digits of 1 - q near 1: below a half it is the
    // bit pattern of q, above it that of 1 - q counted backwards.
    private static long KeyOf(double probability, double complement) =>
        probability < 0.5 ? BitConverter.DoubleToInt64Bits(probability) : 2 * Half - BitConverter.DoubleToInt64Bits(Math.Clamp(complement, 0, 0.5));

    private static double TailOf(long key) => BitConverter.Int64BitsToDouble(key < Half ? key : 2 * Half - key);

    private static int BucketOf(long key)
    {
        int tail = Math.Max((int)((key < Half ? key : 2 * Half - key) >> (52 - MantissaBits)) - FirstBucket, 0);
        return key < Half ? tail : Buckets - 1 - tail;
    }

    private struct Bucket
    {
        private double _positive;
        private double _negative;
        private double _tails;
        private double _squaredWeights;

        public readonly double Weight => _positive + _negative;

        public readonly double MeanTail => _tails / Weight;

        public void Add(double tail, double signedWeight)
        {
            if (signedWeight > 0)
                _positive += signedWeight;
            else
                _negative -= signedWeight;
            _tails += Math.Abs(signedWeight) * tail;
            _squaredWeights += signedWeight * signedWeight;
        }

        public void Merge(in Bucket other)
        {
            _positive += other._positive;
            _negative += other._negative;
            _tails += other._tails;
            _squaredWeights += other._squaredWeights;
        }

        public readonly ScoreGroup ToGroup(bool isUpper, double tail) =>
            new(isUpper ? 1 - tail : tail, isUpper ? tail : 1 - tail, _positive, _negative, _squaredWeights);
    }
}

namespace MLNet.CrossEntropy;

/// <summary>
/// The joint distribution of forecast and outcome of one event, in bounded memory: every row as it is up to
/// <see cref="ExactRows"/>, beyond that sums in <see cref="ForecastBuckets"/>.
/// </summary>
internal sealed class ScoreDistribution(int reliabilityBins)
{
    public const int ExactRows = 1 << 16;

    // A row's weight is positive where the event came true and negative where it did not.
    private long[] _keys = new long[64];
    private double[] _signedWeights = new double[64];
    private int _rows;
    private ForecastBuckets? _buckets;
    private Sums[] _sums = [];

    public bool IsExact => _buckets is null;

    /// <summary>Adds rows by their forecasts (<see cref="ForecastKey"/>), the share of each for which the event came true, and their weights.</summary>
    public void Add(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        int row = 0;
        for (; row < keys.Length && _buckets is null; row++)
        {
            AddExact(keys[row], weights[row] * hits[row]);
            AddExact(keys[row], -weights[row] * (1 - hits[row]));
        }
        if (_buckets is not { } buckets)
            return;
        for (; row < keys.Length; row++)
        {
            double positive = weights[row] * hits[row];
            _sums[buckets.IndexOf(keys[row])].Add(ForecastKey.Tail(keys[row]), positive, weights[row] - positive);
        }
    }

    public void Merge(ScoreDistribution other)
    {
        if (other._buckets is not null)
        {
            Pour();
            for (int b = 0; b < _sums.Length; b++)
                _sums[b].Merge(other._sums[b]);
            return;
        }
        for (int i = 0; i < other._rows; i++)
            AddSigned(other._keys[i], other._signedWeights[i]);
    }

    /// <summary>The groups of equal forecast (or of one bucket), lowest forecast first.</summary>
    public List<ScoreGroup> ToGroups()
    {
        List<ScoreGroup> groups = [];
        if (_buckets is not null)
        {
            for (int b = 0; b < _sums.Length; b++)
            {
                ref readonly Sums sums = ref _sums[b];
                if (sums.Weight > 0)
                    groups.Add(_buckets.ToGroup(b, sums.Tails / sums.Weight, sums.Positive, sums.Negative, sums.SquaredWeights));
            }
            return groups;
        }

        Array.Sort(_keys, _signedWeights, 0, _rows);
        for (int i = 0; i < _rows;)
        {
            long key = _keys[i];
            Sums sums = default;
            for (; i < _rows && _keys[i] == key; i++)
                sums.AddSigned(ForecastKey.Tail(key), _signedWeights[i]);
            groups.Add(new(ForecastKey.Probability(key), ForecastKey.Complement(key), sums.Positive, sums.Negative, sums.SquaredWeights));
        }
        return groups;
    }

    private void AddExact(long key, double signedWeight)
    {
        if (signedWeight != 0)
            AddSigned(key, signedWeight);
    }

    private void AddSigned(long key, double signedWeight)
    {
        if (_rows == ExactRows)
            Pour();
        if (_buckets is not null)
        {
            _sums[_buckets.IndexOf(key)].AddSigned(ForecastKey.Tail(key), signedWeight);
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
        _buckets = ForecastBuckets.For(reliabilityBins);
        _sums = new Sums[_buckets.Count];
        for (int i = 0; i < _rows; i++)
            _sums[_buckets.IndexOf(_keys[i])].AddSigned(ForecastKey.Tail(_keys[i]), _signedWeights[i]);
        (_keys, _signedWeights, _rows) = ([], [], 0);
    }

    private struct Sums
    {
        public double Positive;
        public double Negative;
        public double Tails;
        public double SquaredWeights;

        public readonly double Weight => Positive + Negative;

        public void Add(double tail, double positive, double negative)
        {
            Positive += positive;
            Negative += negative;
            Tails += (positive + negative) * tail;
            SquaredWeights += positive * positive + negative * negative;
        }

        public void AddSigned(double tail, double weight) => Add(tail, Math.Max(weight, 0), Math.Max(-weight, 0));

        public void Merge(in Sums other)
        {
            Positive += other.Positive;
            Negative += other.Negative;
            Tails += other.Tails;
            SquaredWeights += other.SquaredWeights;
        }
    }
}

using System.Runtime.Intrinsics;

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

    // Per bucket: the weight, and the weight times tail, both in one vector; the weight for which the event came true; the squared weights,
    // which are no more than the weights, and therefore not kept, as long as all rows are plain.
    private Vector128<double>[] _weightsAndTails = [];
    private double[] _positive = [];
    private double[]? _squares;
    private long[] _codes = [];
    private double[] _tails = [];

    public bool IsExact => _buckets is null;

    /// <summary>Adds rows by their forecasts (<see cref="ForecastKey"/>), the share of each for which the event came true, and their weights.</summary>
    public void Add(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        if (_buckets is null && _rows + 2 * keys.Length <= ExactRows)
        {
            AddExact(keys, hits, weights);
            return;
        }
        int row = 0;
        for (; row < keys.Length && _buckets is null; row++)
        {
            AddSigned(keys[row], weights[row] * hits[row]);
            AddSigned(keys[row], -weights[row] * (1 - hits[row]));
        }
        for (; row < keys.Length; row++)
            AddToBucket(keys[row], weights[row] * hits[row], weights[row]);
    }

    /// <summary>Adds plain rows, each of weight 1, for which the event came true or not; it did for those that are listed.</summary>
    /// <returns>False, with nothing added, where there is still room for every row as it is, or where rows before were not plain.</returns>
    public bool TryAddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        if (_buckets is null || _squares is not null)
            return false;
        if (_codes.Length < keys.Length)
            (_codes, _tails) = (new long[keys.Length], new double[keys.Length]);
        Span<long> codes = _codes.AsSpan(0, keys.Length);
        Span<double> tails = _tails.AsSpan(0, keys.Length);
        ForecastBuckets.CodesOf(keys, codes, tails);
        ReadOnlySpan<int> bucketOfCode = _buckets.BucketOfCode;
        Span<Vector128<double>> sums = _weightsAndTails;
        for (int row = 0; row < codes.Length; row++)
        {
            int bucket = bucketOfCode[(int)codes[row]];
            if (bucket < 0)
                bucket = _buckets.IndexAmongCut(keys[row], ~bucket);
            sums[bucket] += Vector128.Create(1, tails[row]);
        }
        foreach (int row in hitRows)
            _positive[_buckets.IndexOf(keys[row], codes[row])]++;
        return true;
    }

    public void Merge(ScoreDistribution other)
    {
        if (other._buckets is not null)
        {
            Pour();
            if (other._squares is not null)
                KeepSquares();
            for (int b = 0; b < _positive.Length; b++)
            {
                _weightsAndTails[b] += other._weightsAndTails[b];
                _positive[b] += other._positive[b];
                if (_squares is not null)
                    _squares[b] += other.SquaresOf(b);
            }
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
            for (int b = 0; b < _positive.Length; b++)
            {
                (double weight, double tails) = (_weightsAndTails[b][0], _weightsAndTails[b][1]);
                // Where the event came true for all rows, both sums had the same terms and their difference is 0.
                if (weight > 0)
                    groups.Add(_buckets.ToGroup(b, tails / weight, _positive[b], Math.Max(weight - _positive[b], 0), SquaresOf(b)));
            }
            return groups;
        }

        Array.Sort(_keys, _signedWeights, 0, _rows);
        for (int i = 0; i < _rows;)
        {
            long key = _keys[i];
            double positive = 0, negative = 0, squares = 0;
            for (; i < _rows && _keys[i] == key; i++)
            {
                positive += Math.Max(_signedWeights[i], 0);
                negative += Math.Max(-_signedWeights[i], 0);
                squares += _signedWeights[i] * _signedWeights[i];
            }
            groups.Add(new(ForecastKey.Probability(key), ForecastKey.Complement(key), positive, negative, squares));
        }
        return groups;
    }

    /// <summary>Adds rows for which there is room. A row with a hard label is one entry, with a soft label two.</summary>
    private void AddExact(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        Reserve(_rows + 2 * keys.Length);
        int rows = _rows;
        for (int row = 0; row < keys.Length; row++)
        {
            (double positive, double negative) = (weights[row] * hits[row], weights[row] * (1 - hits[row]));
            (_keys[rows], _signedWeights[rows]) = (keys[row], positive);
            rows += positive > 0 ? 1 : 0;
            (_keys[rows], _signedWeights[rows]) = (keys[row], -negative);
            rows += negative > 0 ? 1 : 0;
        }
        _rows = rows;
    }

    private void AddSigned(long key, double signedWeight)
    {
        if (signedWeight == 0)
            return;
        if (_buckets is null && _rows == ExactRows)
            Pour();
        if (_buckets is not null)
        {
            AddToBucket(key, Math.Max(signedWeight, 0), Math.Abs(signedWeight));
            return;
        }
        Reserve(_rows + 1);
        _keys[_rows] = key;
        _signedWeights[_rows++] = signedWeight;
    }

    private void Reserve(int rows)
    {
        if (rows <= _keys.Length)
            return;
        int room = Math.Max(rows, 2 * _keys.Length);
        Array.Resize(ref _keys, room);
        Array.Resize(ref _signedWeights, room);
    }

    private void Pour()
    {
        if (_buckets is not null)
            return;
        _buckets = ForecastBuckets.For(reliabilityBins);
        (_weightsAndTails, _positive) = (new Vector128<double>[_buckets.Count], new double[_buckets.Count]);
        (long[] keys, double[] signedWeights, int rows) = (_keys, _signedWeights, _rows);
        (_keys, _signedWeights, _rows) = ([], [], 0);
        for (int i = 0; i < rows; i++)
            AddSigned(keys[i], signedWeights[i]);
    }

    /// <summary>Adds a row to its bucket: its weight, and that part of it for which the event came true.</summary>
    private void AddToBucket(long key, double positive, double weight)
    {
        double negative = weight - positive, squares = positive * positive + negative * negative;
        if (_squares is null && squares != weight)
            KeepSquares();
        int bucket = _buckets!.IndexOf(key, ForecastBuckets.CodeOf(key));
        _weightsAndTails[bucket] += Vector128.Create(weight, weight * ForecastKey.Tail(key));
        _positive[bucket] += positive;
        if (_squares is not null)
            _squares[bucket] += squares;
    }

    private double SquaresOf(int bucket) => _squares is null ? _weightsAndTails[bucket][0] : _squares[bucket];

    private void KeepSquares() => _squares ??= [.. _weightsAndTails.Select(sums => sums[0])];
}

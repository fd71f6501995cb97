using System.Numerics;
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
    private Vector256<double>[] _sums = [];

    public bool IsExact => _buckets is null;

    /// <summary>Adds rows by their forecasts (<see cref="ForecastKey"/>), the share of each for which the event came true, and their weights.</summary>
    public void Add(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        int row = 0;
        if (_buckets is null && _rows + 2 * keys.Length <= ExactRows)
        {
            AddExact(keys, hits, weights);
            return;
        }
        for (; row < keys.Length && _buckets is null; row++)
        {
            AddSigned(keys[row], weights[row] * hits[row]);
            AddSigned(keys[row], -weights[row] * (1 - hits[row]));
        }
        if (_buckets is not null && row < keys.Length)
            AddToBuckets(_buckets, keys[row..], hits[row..], weights[row..]);
    }

    public void Merge(ScoreDistribution other)
    {
        if (other._buckets is not null)
        {
            Pour();
            for (int b = 0; b < _sums.Length; b++)
                _sums[b] += other._sums[b];
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
                (double positive, double negative) = (_sums[b][0], _sums[b][1]);
                if (positive + negative > 0)
                    groups.Add(_buckets.ToGroup(b, _sums[b][2] / (positive + negative), positive, negative, _sums[b][3]));
            }
            return groups;
        }

        Array.Sort(_keys, _signedWeights, 0, _rows);
        for (int i = 0; i < _rows;)
        {
            long key = _keys[i];
            Vector256<double> sums = default;
            for (; i < _rows && _keys[i] == key; i++)
                sums += SignedTerms(key, _signedWeights[i]);
            groups.Add(new(ForecastKey.Probability(key), ForecastKey.Complement(key), sums[0], sums[1], sums[3]));
        }
        return groups;
    }

    /// <summary>All that can be done for a vector of rows is done so; what remains is a sum of four numbers, which is one vector too.</summary>
    private void AddToBuckets(ForecastBuckets buckets, ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        Span<long> codes = stackalloc long[Vector<long>.Count];
        Span<Vector256<double>> sums = _sums;
        int row = 0;
        for (; row <= keys.Length - Vector<long>.Count; row += Vector<long>.Count)
        {
            ForecastBuckets.CodeOf(new Vector<long>(keys[row..])).CopyTo(codes);
            for (int i = 0; i < codes.Length; i++)
                sums[buckets.IndexOf(keys[row + i], codes[i])] += Terms(keys[row + i], weights[row + i] * hits[row + i], weights[row + i]);
        }
        for (; row < keys.Length; row++)
            sums[buckets.IndexOf(keys[row], ForecastBuckets.CodeOf(keys[row]))] += Terms(keys[row], weights[row] * hits[row], weights[row]);
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
            _sums[_buckets.IndexOf(key, ForecastBuckets.CodeOf(key))] += SignedTerms(key, signedWeight);
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
        _sums = new Vector256<double>[_buckets.Count];
        (long[] keys, double[] signedWeights, int rows) = (_keys, _signedWeights, _rows);
        (_keys, _signedWeights, _rows) = ([], [], 0);
        for (int i = 0; i < rows; i++)
            AddSigned(keys[i], signedWeights[i]);
    }

    /// <summary>What a row adds: the weight for which the event came true, that for which not, weight times tail, squared weights.</summary>
    private static Vector256<double> Terms(long key, double positive, double weight)
    {
        double negative = weight - positive;
        return Vector256.Create(positive, negative, weight * ForecastKey.Tail(key), positive * positive + negative * negative);
    }

    private static Vector256<double> SignedTerms(long key, double signedWeight) =>
        Terms(key, Math.Max(signedWeight, 0), Math.Abs(signedWeight));
}

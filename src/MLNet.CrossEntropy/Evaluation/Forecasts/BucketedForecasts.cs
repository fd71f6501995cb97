using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The joint distribution of forecast and outcome of one event, as sums in <see cref="ForecastBuckets"/>.</summary>
internal sealed class BucketedForecasts(ForecastBuckets buckets)
{
    // Rows and offsets of a bucket share a number; between drains neither outgrows its bits.
    private const int RowShift = 2 * ForecastBuckets.OffsetBits;
    private const int MostPackedRows = (1 << ForecastBuckets.OffsetBits) - 1;

    // Of rows of weight 1: their number, above it in the same number the sum of their offsets.
    private readonly long[] _packed = new long[buckets.Count];
    private readonly double[] _positive = new double[buckets.Count];
    private int _packedRows;

    // Of all others, and of those drained.
    private Sums[]? _sums;

    private Sums[] AllSums => _sums ??= new Sums[buckets.Count];

    /// <summary>Adds a row: its weight, that part of it for which the event came true, and the sum of squared weights.</summary>
    public void Add(long key, double positive, double weight, double squares)
    {
        var bucket = buckets.IndexOf(key);
        AllSums[bucket].Add(weight, weight * ForecastKey.Tail(key), squares);
        _positive[bucket] += positive;
    }

    /// <summary>Adds rows of weight 1 by their forecasts; of those that are listed the event came true.</summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        var scratch = ArrayPool<int>.Shared.Rent(2 * keys.Length);
        Span<int> places = scratch.AsSpan(0, keys.Length), offsets = scratch.AsSpan(keys.Length, keys.Length);
        if (buckets.Find(keys, places, offsets))
            AddPacked(places, offsets, hitRows);
        else
            AddSingly(keys, places, offsets, hitRows);
        ArrayPool<int>.Shared.Return(scratch);
    }

    /// <summary>The same of probabilities; false, with nothing added, where one of them is too small to be a float's to tell.</summary>
    public bool TryAddPlain(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> hitRows)
    {
        var scratch = ArrayPool<int>.Shared.Rent(2 * probabilities.Length);
        Span<int> places = scratch.AsSpan(0, probabilities.Length), offsets = scratch.AsSpan(probabilities.Length, probabilities.Length);
        var noneIsTiny = buckets.Find(probabilities, places, offsets);
        if (noneIsTiny)
            AddPacked(places, offsets, hitRows);
        ArrayPool<int>.Shared.Return(scratch);
        return noneIsTiny;
    }

    /// <summary>Appends the buckets that hold rows, lowest forecast first.</summary>
    public void AddGroupsTo(List<ScoreGroup> groups)
    {
        for (var b = 0; b < _packed.Length; b++)
        {
            if (_packed[b] == 0 && _sums is null)
                continue;
            var sums = SumsOf(b);
            // Where the event came true for all rows, both sums had the same terms and their difference is 0.
            if (sums.Weight > 0)
            {
                var negative = Math.Max(sums.Weight - _positive[b], 0);
                groups.Add(buckets.ToGroup(b, sums.Tails / sums.Weight, _positive[b], negative, sums.Squares));
            }
        }
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw<long>(_packed);
        state.Raw<double>(_positive);
        state.Raw(ref _packedRows);
        var hasOthers = _sums is not null;
        state.Value(ref hasOthers);
        if (hasOthers)
            state.Raw<Sums>(AllSums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPacked(ReadOnlySpan<int> places, ReadOnlySpan<int> offsets, ReadOnlySpan<int> hitRows)
    {
        MakeRoomFor(places.Length);
        var packed = _packed;
        offsets = offsets[..places.Length];
        for (var row = 0; row < places.Length; row++)
            packed[places[row]] += (1L << RowShift) + offsets[row];
        var positive = _positive;
        foreach (var row in hitRows)
            positive[places[row]]++;
    }

    /// <summary>Adds rows of which some are tiny: their buckets are wide, and say too little of them.</summary>
    private void AddSingly(ReadOnlySpan<long> keys, ReadOnlySpan<int> places, ReadOnlySpan<int> offsets, ReadOnlySpan<int> hitRows)
    {
        MakeRoomFor(places.Length);
        for (var row = 0; row < places.Length; row++)
        {
            if (ForecastBuckets.IsTiny(keys[row]))
                AllSums[places[row]].Add(1, ForecastKey.Tail(keys[row]), 1);
            else
                _packed[places[row]] += (1L << RowShift) + offsets[row];
        }
        foreach (var row in hitRows)
            _positive[places[row]]++;
    }

    private void MakeRoomFor(int rows)
    {
        _packedRows += rows;
        if (_packedRows <= MostPackedRows)
            return;
        for (var b = 0; b < _packed.Length; b++)
        {
            if (_packed[b] != 0)
                AllSums[b] = SumsOf(b);
        }
        Array.Clear(_packed);
        _packedRows = rows;
    }

    private Sums SumsOf(int bucket)
    {
        var sums = _sums is null ? default : _sums[bucket];
        var rows = _packed[bucket] >> RowShift;
        if (rows > 0)
            sums.Add(rows, buckets.TailsOf(bucket, rows, _packed[bucket] & ((1L << RowShift) - 1)), rows);
        return sums;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Sums
    {
        public double Weight;
        public double Tails;
        public double Squares;

        public void Add(double weight, double tails, double squares)
        {
            Weight += weight;
            Tails += tails;
            Squares += squares;
        }
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The joint distribution of forecast and outcome of one event, as sums in <see cref="ForecastBuckets"/>. Those of rows of weight 1 are
/// integers: the same whatever order the rows come in, and whichever parts are added up first.
/// </summary>
internal sealed class BucketedForecasts(ForecastBuckets buckets)
{
    // Rows and offsets of a bucket share a number; between drains neither outgrows its bits.
    private const int RowShift = 2 * ForecastBuckets.OffsetBits;
    private const long OffsetMask = (1L << RowShift) - 1;
    private const int MostPackedRows = (1 << ForecastBuckets.OffsetBits) - 1;

    // Of rows of weight 1: their number, above it in the same number the sum of their offsets; and the rows for which the event came true.
    // Memory that is new to a process costs more than all that is done with it, so that these tables go from one evaluation to the next.
    private long[] _packed = RentEmpty<long>(buckets.Count);
    private int[] _hits = RentEmpty<int>(buckets.Count);
    private (int Bucket, int Hits, long Packed)[]? _finished;
    private int _packedRows;
    private Counts[]? _drained;

    // Of the rows of weight 1 in the first and the last bucket.
    private TinyTails? _smallest;
    private TinyTails? _largest;

    // Of all others.
    private Sums[]? _sums;

    private Sums[] AllSums => _sums ??= new Sums[buckets.Count];

    /// <summary>Adds a row: the parts of its weight for which the event came true, and did not.</summary>
    public void Add(long key, double positive, double negative)
    {
        var weight = positive + negative;
        AllSums[buckets.IndexOf(key)].Add(weight, positive, weight * ForecastKey.Tail(key), positive * positive + negative * negative);
    }

    /// <summary>Adds rows of weight 1 by their forecasts; of those that are listed the event came true.</summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        var scratch = ArrayPool<int>.Shared.Rent(2 * keys.Length);
        Span<int> places = scratch.AsSpan(0, keys.Length), offsets = scratch.AsSpan(keys.Length, keys.Length);
        if (!buckets.Find(keys, places, offsets))
        {
            foreach (var key in keys)
                AddTail(key);
        }
        AddPacked(places, offsets, hitRows);
        ArrayPool<int>.Shared.Return(scratch);
    }

    /// <summary>The same of probabilities, as their keys would say.</summary>
    public void AddPlain(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> hitRows)
    {
        var scratch = ArrayPool<int>.Shared.Rent(2 * probabilities.Length);
        Span<int> places = scratch.AsSpan(0, probabilities.Length), offsets = scratch.AsSpan(probabilities.Length, probabilities.Length);
        if (!buckets.Find(probabilities, places, offsets))
        {
            foreach (var probability in probabilities)
                AddTail(ForecastKey.Of(probability, 1.0 - probability));
        }
        AddPacked(places, offsets, hitRows);
        ArrayPool<int>.Shared.Return(scratch);
    }

    /// <summary>Adds the rows of others in the same buckets.</summary>
    public void Merge(BucketedForecasts other)
    {
        MakeRoomFor(other._packedRows);
        for (var b = 0; b < buckets.Count; b++)
        {
            _packed[b] += other._packed[b];
            _hits[b] += other._hits[b];
        }
        for (var b = 0; other._drained is not null && b < buckets.Count; b++)
            (_drained ??= new Counts[buckets.Count])[b].Add(other._drained[b]);
        for (var b = 0; other._sums is not null && b < buckets.Count; b++)
            AllSums[b].Add(other._sums[b]);
        if (other._smallest is { } smallest)
            (_smallest ??= new()).Merge(smallest);
        if (other._largest is { } largest)
            (_largest ??= new()).Merge(largest);
        other.ReturnTables();
    }

    /// <summary>To be called when all rows have been added: keeps no more than the buckets that hold some.</summary>
    public void Finish()
    {
        if (_finished is not null)
            return;
        List<(int, int, long)> filled = [];
        for (var b = 0; b < buckets.Count; b++)
        {
            if (_packed[b] != 0)
                filled.Add((b, _hits[b], _packed[b]));
        }
        _finished = [.. filled];
        ReturnTables();
    }

    /// <summary>Appends the buckets that hold rows, lowest forecast first; none can be added any more.</summary>
    public void AddGroupsTo(List<ScoreGroup> groups)
    {
        Finish();
        var next = 0;
        for (var b = 0; b < buckets.Count; b++)
        {
            (var rows, var sums) = (_drained is null ? default : _drained[b], _sums is null ? default : _sums[b]);
            if (next < _finished!.Length && _finished[next].Bucket == b)
                rows.Add(CountsOf(_finished[next].Packed, _finished[next++].Hits));
            if (rows.Rows == 0 && sums.Weight == 0)
                continue;
            var tiny = b == 0 ? _smallest : b == buckets.Count - 1 ? _largest : null;
            var tails = buckets.TailsOf(b, rows.Rows - (tiny?.Rows ?? 0), rows.Offsets) + (tiny?.Sum ?? 0) + sums.Tails;
            // Where the event came true for all rows, both sums had the same terms and their difference is 0.
            var negative = rows.Rows - rows.Hits + Math.Max(sums.Weight - sums.Positive, 0);
            (var weight, var squares) = (rows.Rows + sums.Weight, rows.Rows + sums.Squares);
            groups.Add(buckets.ToGroup(b, tails / weight, rows.Hits + sums.Positive, negative, squares));
        }
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(_packed.AsSpan(0, buckets.Count));
        state.Raw(_hits.AsSpan(0, buckets.Count));
        state.Raw(ref _packedRows);
        (var areDrained, var hasOthers, var hasSmallest, var hasLargest) =
            (_drained is not null, _sums is not null, _smallest is not null, _largest is not null);
        state.Value(ref areDrained);
        state.Value(ref hasOthers);
        state.Value(ref hasSmallest);
        state.Value(ref hasLargest);
        if (areDrained)
            state.Raw<Counts>(_drained ??= new Counts[buckets.Count]);
        if (hasOthers)
            state.Raw<Sums>(AllSums);
        if (hasSmallest)
            (_smallest ??= new()).Serialize(state);
        if (hasLargest)
            (_largest ??= new()).Serialize(state);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPacked(ReadOnlySpan<int> places, ReadOnlySpan<int> offsets, ReadOnlySpan<int> hitRows)
    {
        MakeRoomFor(places.Length);
        var packed = _packed;
        offsets = offsets[..places.Length];
        for (var row = 0; row < places.Length; row++)
            packed[places[row]] += (1L << RowShift) + offsets[row];
        var hits = _hits;
        foreach (var row in hitRows)
            hits[places[row]]++;
    }

    /// <summary>Keeps a tail that is too small for its bucket, which is wide, to say enough of it.</summary>
    private void AddTail(long key)
    {
        if (!ForecastBuckets.IsTiny(key))
            return;
        if (key < ForecastKey.Half)
            (_smallest ??= new()).Add(ForecastKey.Tail(key));
        else
            (_largest ??= new()).Add(ForecastKey.Tail(key));
    }

    private void MakeRoomFor(int rows)
    {
        _packedRows += rows;
        if (_packedRows <= MostPackedRows)
            return;
        _drained ??= new Counts[buckets.Count];
        for (var b = 0; b < buckets.Count; b++)
            _drained[b].Add(CountsOf(_packed[b], _hits[b]));
        Array.Clear(_packed);
        Array.Clear(_hits);
        _packedRows = rows;
    }

    private static T[] RentEmpty<T>(int count)
    {
        var table = ArrayPool<T>.Shared.Rent(count);
        Array.Clear(table);
        return table;
    }

    private void ReturnTables()
    {
        ArrayPool<long>.Shared.Return(_packed);
        ArrayPool<int>.Shared.Return(_hits);
        (_packed, _hits) = ([], []);
    }

    private static Counts CountsOf(long packed, int hits) =>
        new() { Rows = packed >> RowShift, Offsets = packed & OffsetMask, Hits = hits };

    private struct Counts
    {
        public long Rows;
        public long Offsets;
        public long Hits;

        public void Add(in Counts other) =>
            (Rows, Offsets, Hits) = (Rows + other.Rows, Offsets + other.Offsets, Hits + other.Hits);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Sums
    {
        public double Weight;
        public double Positive;
        public double Tails;
        public double Squares;

        public void Add(in Sums other) => Add(other.Weight, other.Positive, other.Tails, other.Squares);

        public void Add(double weight, double positive, double tails, double squares) =>
            (Weight, Positive, Tails, Squares) = (Weight + weight, Positive + positive, Tails + tails, Squares + squares);
    }
}

/// <summary>
/// The sum of tails too small for a bucket of their own, the same bits in whatever order they come: for each exponent the sum of the
/// mantissas, to 2^-32, as an integer.
/// </summary>
internal sealed class TinyTails
{
    private const int MantissaBits = 32;

    private readonly long[] _mantissas = new long[1024];
    private long _rows;

    public long Rows => _rows;

    public double Sum => _mantissas.Select((sum, exponent) => Math.ScaleB(sum, Math.Max(exponent, 1) - 1023 - MantissaBits)).Sum();

    public void Add(double tail)
    {
        _rows++;
        var bits = BitConverter.DoubleToInt64Bits(tail);
        var exponent = (int)(bits >> 52);
        _mantissas[exponent] += ((bits & ((1L << 52) - 1)) >> (52 - MantissaBits)) + (exponent > 0 ? 1L << MantissaBits : 0);
    }

    public void Merge(TinyTails other)
    {
        _rows += other._rows;
        for (var exponent = 0; exponent < _mantissas.Length; exponent++)
            _mantissas[exponent] += other._mantissas[exponent];
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _rows);
        state.Raw<long>(_mantissas);
    }
}

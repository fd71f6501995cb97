using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The joint distribution of forecast and outcome of one event, every row as it is.</summary>
internal sealed class ExactForecasts
{
    // Below the first, sorting by comparisons is as fast; from the second on, tables of more places are worth filling.
    private const int FewRows = 256;
    private const int ManyRows = 4096;

    // Of rows of weight 1: twice the bits of a float probability, or twice the key, and 1 more where the event came true.
    private uint[] _singles = [];
    private ulong[] _plain = [];
    private int _singleRows;
    private int _plainRows;

    // Of all others, the parts of a row's weight for which the event came true and did not.
    private long[] _keys = [];
    private (double Positive, double Negative)[] _weights = [];
    private int _weighedRows;
    private bool _isSorted;

    public int Rows => _singleRows + _plainRows + _weighedRows;

    /// <summary>Adds a row: the parts of its weight for which the event came true, and did not.</summary>
    public void Add(long key, double positive, double negative)
    {
        MakeRoomFor(ref _weights, _weighedRows, 1);
        MakeRoomFor(ref _keys, _weighedRows, 1);
        (_keys[_weighedRows], _weights[_weighedRows++]) = (key, (positive, negative));
        _isSorted = false;
    }

    /// <summary>Adds rows of weight 1; of those that are listed the event came true.</summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        MakeRoomFor(ref _plain, _plainRows, keys.Length);
        var added = _plain.AsSpan(_plainRows, keys.Length);
        for (var row = 0; row < added.Length; row++)
            added[row] = (ulong)keys[row] << 1;
        foreach (var row in hitRows)
            added[row] |= 1;
        _plainRows += keys.Length;
        _isSorted = false;
    }

    /// <summary>The same of probabilities, as their keys would say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddPlain(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> hitRows)
    {
        MakeRoomFor(ref _singles, _singleRows, probabilities.Length);
        var added = _singles.AsSpan(_singleRows, probabilities.Length);
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(probabilities);
        var i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            (new Vector<uint>(bits[i..]) << 1).CopyTo(added[i..]);
        for (; i < bits.Length; i++)
            added[i] = bits[i] << 1;
        foreach (var row in hitRows)
            added[row] |= 1;
        _singleRows += probabilities.Length;
        _isSorted = false;
    }

    /// <summary>Takes over the rows of others.</summary>
    public void Merge(ExactForecasts other)
    {
        Append(ref _singles, ref _singleRows, other._singles.AsSpan(0, other._singleRows));
        Append(ref _plain, ref _plainRows, other._plain.AsSpan(0, other._plainRows));
        for (var i = 0; i < other._weighedRows; i++)
            Add(other._keys[i], other._weights[i].Positive, other._weights[i].Negative);
        _isSorted = false;
    }

    /// <summary>Hands all rows on, and its memory back.</summary>
    public void PourInto(BucketedForecasts buckets)
    {
        const int AtOnce = 1024;
        (var probabilities, var keys, var hitRows) = (new float[AtOnce], new long[AtOnce], new int[AtOnce]);
        for (var start = 0; start < _singleRows; start += AtOnce)
        {
            ReadOnlySpan<uint> rows = _singles.AsSpan(start, Math.Min(AtOnce, _singleRows - start));
            var hits = 0;
            for (var row = 0; row < rows.Length; row++)
            {
                probabilities[row] = BitConverter.UInt32BitsToSingle(rows[row] >> 1);
                hitRows[hits] = row;
                hits += (int)(rows[row] & 1);
            }
            buckets.AddPlain(probabilities.AsSpan(0, rows.Length), hitRows.AsSpan(0, hits));
        }
        for (var start = 0; start < _plainRows; start += AtOnce)
        {
            ReadOnlySpan<ulong> rows = _plain.AsSpan(start, Math.Min(AtOnce, _plainRows - start));
            var hits = 0;
            for (var row = 0; row < rows.Length; row++)
            {
                keys[row] = (long)(rows[row] >> 1);
                hitRows[hits] = row;
                hits += (int)(rows[row] & 1);
            }
            buckets.AddPlain(keys.AsSpan(0, rows.Length), hitRows.AsSpan(0, hits));
        }
        for (var i = 0; i < _weighedRows; i++)
            buckets.Add(_keys[i], _weights[i].Positive, _weights[i].Negative);
        ArrayPool<uint>.Shared.Return(_singles);
        ArrayPool<ulong>.Shared.Return(_plain);
    }

    /// <summary>Writes the rows, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _singleRows);
        state.Raw(ref _plainRows);
        state.Raw(ref _weighedRows);
        if (state.IsReading)
        {
            MakeRoomFor(ref _singles, 0, _singleRows);
            MakeRoomFor(ref _plain, 0, _plainRows);
            MakeRoomFor(ref _keys, 0, _weighedRows);
            MakeRoomFor(ref _weights, 0, _weighedRows);
        }
        state.Raw(_singles.AsSpan(0, _singleRows));
        state.Raw(_plain.AsSpan(0, _plainRows));
        state.Raw(_keys.AsSpan(0, _weighedRows));
        state.Raw(_weights.AsSpan(0, _weighedRows));
        _isSorted = false;
    }

    /// <summary>Appends the groups of equal forecast, lowest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddGroupsTo(List<ScoreGroup> groups)
    {
        Sort();
        int plain = 0, weighed = 0;
        groups.EnsureCapacity(groups.Count + Rows);
        while (plain < _plainRows || weighed < _weighedRows)
        {
            var key = Math.Min(
                plain < _plainRows ? (long)(_plain[plain] >> 1) : long.MaxValue,
                weighed < _weighedRows ? _keys[weighed] : long.MaxValue);
            double positive = 0, negative = 0, squares = 0;
            for (; plain < _plainRows && (long)(_plain[plain] >> 1) == key; plain++)
            {
                double hit = _plain[plain] & 1;
                (positive, negative, squares) = (positive + hit, negative + (1 - hit), squares + 1);
            }
            for (; weighed < _weighedRows && _keys[weighed] == key; weighed++)
            {
                (var yes, var no) = _weights[weighed];
                (positive, negative, squares) = (positive + yes, negative + no, squares + yes * yes + no * no);
            }
            groups.Add(new(ForecastKey.Probability(key), ForecastKey.Complement(key), positive, negative, squares));
        }
    }

    private void Sort()
    {
        if (_isSorted)
            return;
        Array.Sort(_keys, _weights, 0, _weighedRows);
        MakeRoomFor(ref _plain, _plainRows, _singleRows);
        foreach (var single in _singles.AsSpan(0, _singleRows))
        {
            var probability = BitConverter.UInt32BitsToSingle(single >> 1);
            _plain[_plainRows++] = ((ulong)ForecastKey.Of(probability, 1.0 - probability) << 1) | (single & 1);
        }
        (_singles, _singleRows) = ([], 0);
        if (_plainRows < FewRows)
            Array.Sort(_plain, 0, _plainRows);
        else
            SortByDigits();
        _isSorted = true;
    }

    /// <summary>Makes room for so many more, four times as much at a time; of what is never written the system makes no memory.</summary>
    private static void MakeRoomFor<T>(ref T[] rows, int count, int more)
    {
        if (rows.Length >= count + more)
            return;
        var room = ArrayPool<T>.Shared.Rent(Math.Max(count + more, 4 * count));
        rows.AsSpan(0, count).CopyTo(room);
        ArrayPool<T>.Shared.Return(rows);
        rows = room;
    }

    private static void Append<T>(ref T[] rows, ref int count, ReadOnlySpan<T> more)
    {
        MakeRoomFor(ref rows, count, more.Length);
        more.CopyTo(rows.AsSpan(count));
        count += more.Length;
    }

    /// <summary>Sorts the rows of weight 1 by the bits of their keys that are not the same in all: digit by digit, lowest first.</summary>
    private void SortByDigits()
    {
        ReadOnlySpan<ulong> rows = _plain.AsSpan(0, _plainRows);
        ulong varying = 0;
        foreach (var row in rows)
            varying |= (row ^ rows[0]) & ~1UL;
        var width = _plainRows < ManyRows ? 8 : 12;
        var spare = ArrayPool<ulong>.Shared.Rent(_plain.Length);
        (var from, var to) = (_plain, spare);
        var places = new int[1 << width];
        for (var shift = BitOperations.TrailingZeroCount(varying); shift < 64 && varying >> shift != 0; shift += width)
        {
            SortByDigit(from.AsSpan(0, _plainRows), to, shift, places);
            (from, to) = (to, from);
        }
        if (from != _plain)
            from.AsSpan(0, _plainRows).CopyTo(_plain);
        ArrayPool<ulong>.Shared.Return(spare);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortByDigit(ReadOnlySpan<ulong> from, ulong[] to, int shift, int[] places)
    {
        int mask = places.Length - 1, next = 0;
        Array.Clear(places);
        foreach (var row in from)
            places[(int)(row >> shift) & mask]++;
        foreach (ref var place in places.AsSpan())
            (place, next) = (next, next + place);
        foreach (var row in from)
            to[places[(int)(row >> shift) & mask]++] = row;
    }
}

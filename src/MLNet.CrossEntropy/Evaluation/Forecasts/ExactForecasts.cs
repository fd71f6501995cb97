using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The joint distribution of forecast and outcome of one event, every row as it is.</summary>
internal sealed class ExactForecasts
{
    // Below the first, sorting by comparisons is as fast; from the second on, tables of more places are worth filling.
    private const int FewRows = 256;
    private const int ManyRows = 4096;

    // Of rows of weight 1: twice the key, and 1 more where the event came true.
    private ulong[] _plain = new ulong[64];
    private int _plainRows;

    // Of all others. A row's weight is positive where the event came true and negative where it did not.
    private long[] _keys = [];
    private double[] _signedWeights = [];
    private int _weighedRows;
    private bool _isSorted;

    public int Rows => _plainRows + _weighedRows;

    /// <summary>Adds a row of a weight that is positive where the event came true, negative where it did not.</summary>
    public void Add(long key, double signedWeight)
    {
        if (signedWeight == 0)
            return;
        if (_weighedRows == _keys.Length)
        {
            var room = Math.Max(64, 2 * _weighedRows);
            Array.Resize(ref _keys, room);
            Array.Resize(ref _signedWeights, room);
        }
        _isSorted = false;
        (_keys[_weighedRows], _signedWeights[_weighedRows++]) = (key, signedWeight);
    }

    /// <summary>Adds rows of weight 1; of those that are listed the event came true.</summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        if (_plain.Length < _plainRows + keys.Length)
        {
            // Not cleared: of what is never written the system makes no memory, so that there may be room for many.
            var room = GC.AllocateUninitializedArray<ulong>(Math.Max(_plainRows + keys.Length, 4 * _plain.Length));
            _plain.AsSpan(0, _plainRows).CopyTo(room);
            _plain = room;
        }
        var added = _plain.AsSpan(_plainRows, keys.Length);
        for (var row = 0; row < added.Length; row++)
            added[row] = (ulong)keys[row] << 1;
        foreach (var row in hitRows)
            added[row] |= 1;
        _plainRows += keys.Length;
        _isSorted = false;
    }

    /// <summary>Hands all rows on.</summary>
    public void PourInto(BucketedForecasts buckets)
    {
        const int AtOnce = 1024;
        var keys = new long[AtOnce];
        var hitRows = new int[AtOnce];
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
        {
            (var weight, var positive) = (Math.Abs(_signedWeights[i]), Math.Max(_signedWeights[i], 0));
            buckets.Add(_keys[i], positive, weight, weight * weight);
        }
    }

    /// <summary>Writes the rows, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _plainRows);
        state.Raw(ref _weighedRows);
        if (state.IsReading)
            (_plain, _keys, _signedWeights) = (new ulong[_plainRows], new long[_weighedRows], new double[_weighedRows]);
        state.Raw(_plain.AsSpan(0, _plainRows));
        state.Raw(_keys.AsSpan(0, _weighedRows));
        state.Raw(_signedWeights.AsSpan(0, _weighedRows));
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
                positive += Math.Max(_signedWeights[weighed], 0);
                negative += Math.Max(-_signedWeights[weighed], 0);
                squares += _signedWeights[weighed] * _signedWeights[weighed];
            }
            groups.Add(new(ForecastKey.Probability(key), ForecastKey.Complement(key), positive, negative, squares));
        }
    }

    private void Sort()
    {
        if (_isSorted)
            return;
        Array.Sort(_keys, _signedWeights, 0, _weighedRows);
        if (_plainRows < FewRows)
            Array.Sort(_plain, 0, _plainRows);
        else
            SortByDigits();
        _isSorted = true;
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

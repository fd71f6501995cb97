using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>The order in which an epoch visits the rows: a fresh permutation each epoch, decided by the seed alone.</summary>
internal sealed class RowOrder
{
    private readonly int[] _rows;
    private readonly bool _shuffle;
    private ulong _state;

    public RowOrder(int rows, bool shuffle, int seed)
    {
        _rows = new int[rows];
        for (var i = 0; i < rows; i++)
            _rows[i] = i;
        _shuffle = shuffle;
        _state = (uint)seed;
    }

    /// <summary>The row numbers of the epoch at hand.</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>At most <paramref name="size"/> rows of the epoch at hand, from place <paramref name="from"/> on; at its end none.</summary>
    public ReadOnlySpan<int> Batch(int from, int size) => _rows.AsSpan(from, Math.Min(size, _rows.Length - from));

    /// <summary>The row numbers of the next epoch. The same array is used again for the epoch after.</summary>
    public ReadOnlySpan<int> NextEpoch()
    {
        if (_shuffle)
        {
            // Fisher-Yates.
            for (var i = _rows.Length - 1; i > 0; i--)
            {
                var j = (int)Math.BigMul(SplitMix64.Mix(_state += SplitMix64.Gamma), (ulong)i + 1, out _);
                (_rows[i], _rows[j]) = (_rows[j], _rows[i]);
            }
        }

        return _rows;
    }

    /// <summary>The order of the epoch at hand, and where chance stands.</summary>
    public void Exchange(StateExchange state)
    {
        state.Values(_rows.AsSpan());
        state.Value(ref _state);
    }
}

namespace MLNet.CrossEntropy.Optimization;

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

    /// <summary>The row numbers of the next epoch. The same array is used again for the epoch after.</summary>
    public ReadOnlySpan<int> NextEpoch()
    {
        if (_shuffle)
        {
            // Fisher-Yates; a generator of our own, because Random's sequence for a seed may change between frameworks.
            for (var i = _rows.Length - 1; i > 0; i--)
            {
                var j = (int)Math.BigMul(NextBits(), (ulong)i + 1, out _);
                (_rows[i], _rows[j]) = (_rows[j], _rows[i]);
            }
        }

        return _rows;
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private ulong NextBits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

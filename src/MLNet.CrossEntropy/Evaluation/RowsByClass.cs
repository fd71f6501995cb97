using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The rows of a block by their class, so that each class's sums run over its own rows alone.</summary>
internal sealed class RowsByClass(int classes, int capacity)
{
    private readonly int[] _ends = new int[classes + 1];
    private readonly int[] _rows = new int[capacity];
    private readonly int[] _right = new int[capacity];
    private int _rightRows;

    /// <summary>Whether every row has a class, rather than shares of several, and weight 1.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>The rows whose prediction is their class.</summary>
    public ReadOnlySpan<int> Right => _right.AsSpan(0, _rightRows);

    /// <summary>The rows with a class, class after class.</summary>
    public ReadOnlySpan<int> All => _rows.AsSpan(0, _ends[^1]);

    /// <summary>The number of rows in <see cref="All"/> before those of class k; k may be the number of classes.</summary>
    public int StartOf(int k) => k == 0 ? 0 : _ends[k - 1];

    /// <summary>The rows of class k in their order.</summary>
    public ReadOnlySpan<int> Of(int k) => _rows.AsSpan(StartOf(k).._ends[k]);

    /// <summary>Sorts rows by counting; the label of a row without a class is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sort(ReadOnlySpan<int> labels, ReadOnlySpan<int> predicted, ReadOnlySpan<double> weights)
    {
        Array.Clear(_ends);
        foreach (var label in labels)
        {
            if (label >= 0)
                _ends[label + 1]++;
        }
        for (var k = 1; k <= classes; k++)
            _ends[k] += _ends[k - 1];
        // Each class's start moves to its end while its rows are put down.
        _rightRows = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= 0)
                _rows[_ends[labels[row]]++] = row;
            _right[_rightRows] = row;
            _rightRows += labels[row] == predicted[row] ? 1 : 0;
        }
        IsPlain = All.Length == labels.Length && !MemoryMarshal.Cast<double, long>(weights).ContainsAnyExcept(BitConverter.DoubleToInt64Bits(1));
    }
}

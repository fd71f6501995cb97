using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// What one row should have been: a class index (a hard label; negative for no label), or one number for each output
/// (a soft label's distribution, or the 0, 1 and NaN cells of a multi-label row). <c>default</c> is no label.
/// </summary>
internal readonly ref struct RowTarget
{
    // Shifted by one so that default means no label, not class 0.
    private readonly int _indexPlusOne;

    private RowTarget(int index, ReadOnlySpan<float> vector)
    {
        _indexPlusOne = index + 1;
        Vector = vector;
    }

    /// <summary>The class index of a hard label; -1 where there is no label or the target is a vector.</summary>
    public int ClassIndex => _indexPlusOne - 1;

    /// <summary>One number for each output; empty for a hard label.</summary>
    public ReadOnlySpan<float> Vector { get; }

    /// <summary>Whether this is a hard label (or none) and not a vector.</summary>
    public bool IsClass => Vector.IsEmpty;

    /// <summary>A hard label: the zero-based class, or any negative number for a row without a label.</summary>
    public static RowTarget Class(int index) => new(Math.Max(index, -1), default);

    /// <summary>
    /// One number for each output. Softmax losses read a distribution over the classes (a row that is all zero, or has a
    /// negative or NaN number, is a row without a label); sigmoid losses read 0, 1, anything between, or NaN for a cell
    /// without a label.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="values"/> is empty.</exception>
    public static RowTarget Values(ReadOnlySpan<float> values)
    {
        Throw.IfEmpty(values.Length, nameof(values));
        return new RowTarget(-1, values);
    }
}

using System.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// One row's target distribution p over the classes. Hard and soft labels go through the same arithmetic, so that a
/// one-hot soft label gives the same bits as the hard label.
/// </summary>
internal interface ITargetRow
{
    /// <summary>The only class with any probability, or -1 where that is not known beforehand.</summary>
    int OnlyClass { get; }

    /// <summary>p_k.</summary>
    double this[int k] { get; }
}

/// <summary>A hard label: all the probability on one class.</summary>
internal readonly struct HardRow(int label) : ITargetRow
{
    public int OnlyClass => label;

    public double this[int k] => k == label ? 1 : 0;
}

/// <summary>A soft label: a probability for each class.</summary>
internal readonly ref struct SoftRow<T>(ReadOnlySpan<T> probabilities) : ITargetRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _probabilities = probabilities;

    public int OnlyClass => -1;

    public double this[int k] => double.CreateTruncating(_probabilities[k]);
}

using System.Numerics;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// L2 decay of all weights at the cost of one multiplication: the weights are <c>W = Scale V</c>, V is what is stored, and the step
/// <c>W &lt;- (1 - rate l2) W - rate g</c> becomes
/// <code>
/// Scale &lt;- (1 - rate l2) Scale
/// V_j   &lt;- V_j - (rate / Scale) g_j      for the non-zeros j of the row only
/// </code>
/// </summary>
/// <remarks>Shalev-Shwartz, Singer and Srebro 2007, Pegasos, section 4; Bottou's sgd, section "wscale".</remarks>
internal sealed class LazyL2(double l2)
{
    /// <summary>Below this the scale is folded into the stored weights, far above where 1 / Scale would lose range in float.</summary>
    private const double SmallestScale = 1.0 / (1 << 20);

    private readonly double _l2 = Check.NotNegative(l2, nameof(l2), "Use 0 for no L2 penalty");

    /// <summary>What stored weights must be multiplied by.</summary>
    public double Scale { get; private set; } = 1;

    /// <summary>Whether <see cref="Fold"/> is due; it costs one pass over the weights.</summary>
    public bool NeedsFolding => Scale < SmallestScale;

    /// <summary>One step's decay of all weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><c>rate l2</c> is not in [0, 1): the decay would turn the weights' signs.</exception>
    public void Decay(double rate)
    {
        double share = rate * _l2;
        Check.Range(share, share is >= 0 and < 1, "rate * l2", "in [0, 1)", "Lower the learning rate or the L2 penalty");
        Scale *= 1 - share;
    }

    /// <summary>Makes the stored weights the weights themselves, and the scale 1.</summary>
    public void Fold<T>(Span<T> stored)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(Scale);
        foreach (ref T weight in stored)
            weight *= scale;
        Scale = 1;
    }
}

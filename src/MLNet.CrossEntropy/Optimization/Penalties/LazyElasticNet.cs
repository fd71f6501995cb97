using System.Numerics;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// The elastic net for sparse rows: <see cref="LazyL2"/> and <see cref="CumulativeL1{T}"/> together, so that a step costs by the row's
/// non-zeros. The weights are <c>W = Scale V</c>; one step is
/// <code>
/// Settle(V_j)  for the non-zeros j                    V_j is now up to date
/// g            from the logits Scale sum_j V_j x_j
/// Advance      Scale &lt;- (1 - rate l2) Scale;  u &lt;- u + rate l1 / Scale
/// V_j &lt;- V_j - (rate / Scale) g_j                     for the non-zeros j
/// </code>
/// and <see cref="Finish"/> turns V into W at the end, or whenever all weights are needed.
/// </summary>
internal sealed class LazyElasticNet<T>(ElasticNet penalty, int weights)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly LazyL2 _l2 = new(penalty.L2);
    private readonly CumulativeL1<T>? _l1 = penalty.L1 > 0 ? new CumulativeL1<T>(weights) : null;

    /// <summary>What stored weights must be multiplied by.</summary>
    public double Scale => _l2.Scale;

    /// <summary>Brings the stored weights at <c>offset, offset + 1, ...</c> up to date, before a row uses them.</summary>
    public void Settle(Span<T> stored, int offset) => _l1?.Settle(stored, offset);

    /// <summary>One step's penalty on all weights; <paramref name="stored"/> is all of them, touched only about once in a million-fold decay.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><c>rate l2</c> is not in [0, 1).</exception>
    public void Advance(Span<T> stored, double rate)
    {
        if (_l2.NeedsFolding)
            Fold(stored);
        _l2.Decay(rate);
        _l1?.Owe(rate * penalty.L1 / _l2.Scale);
    }

    /// <summary>Makes the stored weights the weights themselves, all up to date.</summary>
    public void Finish(Span<T> stored)
    {
        Settle(stored, 0);
        Fold(stored);
    }

    private void Fold(Span<T> stored)
    {
        _l1?.Rescale(_l2.Scale);
        _l2.Fold(stored);
    }
}

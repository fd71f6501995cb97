using System.Numerics;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// The L1 penalty for sparse rows: a weight pays all that it owes when a row next uses it, and no weight pays more in total than a
/// weight that was always used.
/// <code>
/// u   &lt;- u + amount                          each step, for all weights together (amount = rate l1)
/// w_j &lt;- max(0, w_j - (u + q_j))   w_j &gt; 0    when weight j is about to be used
///        min(0, w_j + (u - q_j))   w_j &lt; 0
/// q_j &lt;- q_j + the change of w_j             what weight j has paid
/// </code>
/// </summary>
/// <remarks>
/// Tsuruoka, Tsujii and Ananiadou 2009, Stochastic Gradient Descent Training for L1-regularized Log-linear Models with Cumulative Penalty,
/// Figure 2. Settling each weight before a row reads it (the paper settles only after) makes it equal to settling all weights at each step.
/// </remarks>
internal sealed class CumulativeL1<T>(int weights)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _paid = new T[weights];
    private double _owed;

    /// <summary>One step's penalty for all weights, in units of the stored weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="amount"/> is negative or not finite.</exception>
    public void Owe(double amount) =>
        _owed += Check.NotNegative(amount, nameof(amount), "Give the learning rate times the L1 penalty");

    /// <summary>Lets the weights at <c>offset, offset + 1, ...</c> pay what they owe.</summary>
    public void Settle(Span<T> weights, int offset)
    {
        Span<T> paid = _paid.AsSpan(offset, weights.Length);
        T owed = T.CreateTruncating(_owed);
        for (int i = 0; i < weights.Length; i++)
        {
            T before = weights[i];
            if (before > T.Zero)
                weights[i] = T.Max(T.Zero, before - (owed + paid[i]));
            else if (before < T.Zero)
                weights[i] = T.Min(T.Zero, before + (owed - paid[i]));
            paid[i] += weights[i] - before;
        }
    }

    /// <summary>Changes the unit of all accounts when the stored weights change theirs.</summary>
    public void Rescale(double factor)
    {
        _owed *= factor;
        T scale = T.CreateTruncating(factor);
        foreach (ref T paid in _paid.AsSpan())
            paid *= scale;
    }
}

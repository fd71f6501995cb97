using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The penalty <c>l1 ||w||_1 + (l2/2) ||w||^2</c> on weights, which holds L1 (lasso) and L2 (ridge) as special cases. Biases are not
/// penalised: leave them out of the spans.
/// </summary>
/// <remarks>Zou and Hastie 2005, Regularization and Variable Selection via the Elastic Net.</remarks>
public sealed record ElasticNet
{
    /// <summary>The penalty with the given strengths.</summary>
    /// <param name="l1">Multiplies the sum of absolute weights, at least 0.</param>
    /// <param name="l2">Multiplies half the sum of squared weights, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A strength is negative or not finite.</exception>
    public ElasticNet(double l1 = 0, double l2 = 0)
    {
        L1 = Guard.NotNegative(l1, nameof(l1), "Use 0 for no L1 penalty");
        L2 = Guard.NotNegative(l2, nameof(l2), "Use 0 for no L2 penalty");
    }

    /// <summary>Multiplies the sum of absolute weights.</summary>
    public double L1 { get; }

    /// <summary>Multiplies half the sum of squared weights.</summary>
    public double L2 { get; }

    /// <summary>The penalty's value, summed in double.</summary>
    public double Value<T>(ReadOnlySpan<T> weights)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double absolute = 0;
        double squared = 0;
        foreach (var weight in weights)
        {
            var w = double.CreateTruncating(weight);
            absolute += Math.Abs(w);
            squared += w * w;
        }

        return (L1 * absolute) + (L2 / 2 * squared);
    }

    /// <summary>Adds the smooth part's gradient: <c>g &lt;- g + l2 w</c>. The L1 part is left to <see cref="ShrinkL1"/>.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void AddL2Gradient<T>(ReadOnlySpan<T> weights, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfLengthsDiffer(weights.Length, gradient.Length, nameof(weights), nameof(gradient));
        var l2 = Elementwise.All<T>(L2);
        var i = 0;
        for (; i <= weights.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(gradient[i..]) + (l2 * new Vector<T>(weights[i..]))).CopyTo(gradient[i..]);
        for (; i < weights.Length; i++)
            gradient[i] += l2[0] * weights[i];
    }

    /// <summary>
    /// Turns the loss's gradient into the objective's subgradient of least norm, which is 0 exactly at the optimum:
    /// <c>g + l2 w + l1 sign(w)</c> where w is not 0, and <c>sign(g) max(|g| - l1, 0)</c> where it is.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void AddMinimalSubgradient<T>(ReadOnlySpan<T> weights, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AddL2Gradient(weights, gradient);
        if (L1 == 0)
            return;
        var l1 = T.CreateTruncating(L1);
        for (var i = 0; i < weights.Length; i++)
        {
            gradient[i] = T.IsZero(weights[i])
                ? T.CopySign(T.Max(T.Abs(gradient[i]) - l1, T.Zero), gradient[i])
                : gradient[i] + T.CopySign(l1, weights[i]);
        }
    }

    /// <summary>
    /// The proximal step of the L1 part: moves each weight by <c>rate l1</c> towards 0 and stops there,
    /// <c>w &lt;- sign(w) max(|w| - rate l1, 0)</c>, so that weights become exactly 0.
    /// </summary>
    /// <param name="weights">The weights after the gradient step.</param>
    /// <param name="rate">The step's learning rate; with momentum, its <see cref="Sgd.LongRunRate"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is negative or not finite.</exception>
    /// <remarks>
    /// Forward-backward splitting: Duchi and Singer 2009; the truncated gradient of Langford, Li and Zhang 2009 with truncation at every
    /// step and no ceiling.
    /// </remarks>
    public void ShrinkL1<T>(Span<T> weights, double rate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Guard.NotNegative(rate, nameof(rate), "Give the learning rate of the step");
        if (L1 == 0)
            return;
        var amount = Elementwise.All<T>(rate * L1);
        var i = 0;
        for (; i <= weights.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var w = new Vector<T>(weights[i..]);
            (Vector.Max(w - amount, Vector<T>.Zero) + Vector.Min(w + amount, Vector<T>.Zero)).CopyTo(weights[i..]);
        }

        for (; i < weights.Length; i++)
            weights[i] = T.Max(weights[i] - amount[0], T.Zero) + T.Min(weights[i] + amount[0], T.Zero);
    }
}

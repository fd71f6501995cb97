using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// scikit-learn's <c>optimal</c> schedule for cross-entropy with an L2 penalty, <c>rate(k) = 1 / (l2 (t0 + k))</c> with
    /// <c>t0 = 1 / (l2 w)</c> and <c>w = l2^(-1/4)</c>, a typical size of the weights; the first rate is <c>w</c>.
    /// </summary>
    /// <param name="l2">The penalty <c>l2/2 ||W||^2</c> of the objective, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="l2"/> is not a finite number above 0.</exception>
    /// <remarks>
    /// Bottou, Stochastic Gradient SVM (the <c>t0</c> heuristic). It was made for steps of one example of roughly unit length: for longer
    /// rows the first rates are too large.
    /// </remarks>
    public static Schedule Optimal(double l2) =>
        new OptimalSchedule(Guard.Positive(l2, nameof(l2), "Without an L2 penalty use InverseTime with power 0.5 instead"));
}

internal sealed record OptimalSchedule(double L2) : Schedule
{
    protected override double RateAt(long k)
    {
        var typicalWeight = Math.Sqrt(1 / Math.Sqrt(L2));
        var start = 1 / (L2 * typicalWeight);
        return 1 / (L2 * (start + k));
    }
}

namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>Exponential decay, <c>rate(k) = initial factor^(k / steps)</c>.</summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="factor">What <paramref name="steps"/> steps multiply the rate by, in (0, 1].</param>
    /// <param name="steps">How many steps the factor takes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Schedule Exponential(double initial, double factor, long steps = 1) =>
        new ExponentialSchedule(CheckRate(initial, nameof(initial)), CheckFactor(factor), CheckSteps(steps, nameof(steps)));
}

internal sealed record ExponentialSchedule(double Initial, double Factor, long Steps) : Schedule
{
    protected override double RateAt(long k) => Initial * Math.Pow(Factor, (double)k / Steps);
}

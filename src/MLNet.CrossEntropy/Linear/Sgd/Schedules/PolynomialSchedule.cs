using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// Polynomial decay, <c>rate(k) = final + (initial - final) (1 - min(k, steps) / steps)^power</c>.
    /// </summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="steps">The step at which <paramref name="final"/> is reached and kept, at least 1.</param>
    /// <param name="power">The exponent, above 0.</param>
    /// <param name="final">The last rate, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Schedule Polynomial(double initial, long steps, double power = 1, double final = 0) =>
        new PolynomialSchedule(
            CheckRate(initial, nameof(initial)), CheckSteps(steps, nameof(steps)), CheckPower(power), CheckRate(final, nameof(final)));

    /// <summary>A straight line from <paramref name="initial"/> to <paramref name="final"/>, up or down, which is then kept.</summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="final">The last rate, at least 0.</param>
    /// <param name="steps">The step at which the last rate is reached, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Schedule Linear(double initial, double final, long steps) => Polynomial(initial, steps, power: 1, final);

    private static double CheckPower(double power) => Guard.Positive(power, nameof(power), "1 is a straight line");
}

internal sealed record PolynomialSchedule(double Initial, long Steps, double Power, double Final) : Schedule
{
    protected override double RateAt(long k) =>
        Final + ((Initial - Final) * Math.Pow(1 - ((double)Math.Min(k, Steps) / Steps), Power));
}

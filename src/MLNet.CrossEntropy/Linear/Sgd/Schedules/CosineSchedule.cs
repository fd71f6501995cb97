namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// Half a cosine wave, <c>rate(k) = final + (initial - final) (1 + cos(pi k / steps)) / 2</c>, then <c>final</c> for ever.
    /// </summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="steps">The step at which <paramref name="final"/> is reached, at least 1.</param>
    /// <param name="final">The last rate, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <remarks>Loshchilov and Hutter 2017, SGDR, equation 5, without restarts.</remarks>
    public static Schedule Cosine(double initial, long steps, double final = 0) =>
        new CosineSchedule(CheckRate(initial, nameof(initial)), CheckSteps(steps, nameof(steps)), CheckRate(final, nameof(final)));

    /// <summary>The cosine wave from <paramref name="from"/> (position 0) to <paramref name="to"/> (position 1).</summary>
    private protected static double CosineBetween(double from, double to, double position) =>
        to + ((from - to) * (1 + Math.Cos(Math.PI * position)) / 2);
}

internal sealed record CosineSchedule(double Initial, long Steps, double Final) : Schedule
{
    protected override double RateAt(long k) => CosineBetween(Initial, Final, (double)Math.Min(k, Steps) / Steps);
}

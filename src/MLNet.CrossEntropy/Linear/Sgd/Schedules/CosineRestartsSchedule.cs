using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// Cosine waves with warm restarts: each cycle falls from <paramref name="initial"/> towards <paramref name="final"/> as
    /// <see cref="Cosine"/> does, then the next one begins, <paramref name="cycleFactor"/> times as long.
    /// </summary>
    /// <param name="initial">The rate at the start of each cycle, at least 0.</param>
    /// <param name="firstCycle">Steps of the first cycle, at least 1.</param>
    /// <param name="cycleFactor">What each cycle multiplies the next one's length by, at least 1.</param>
    /// <param name="final">The rate that each cycle falls towards, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <remarks>Loshchilov and Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, equation 5.</remarks>
    public static Schedule CosineWithRestarts(double initial, long firstCycle, int cycleFactor = 1, double final = 0) =>
        new CosineRestartsSchedule(
            CheckRate(initial, nameof(initial)),
            CheckSteps(firstCycle, nameof(firstCycle)),
            Guard.Range(cycleFactor, cycleFactor >= 1, nameof(cycleFactor), "at least 1", "1 keeps all cycles the same length"),
            CheckRate(final, nameof(final)));
}

internal sealed record CosineRestartsSchedule(double Initial, long FirstCycle, int CycleFactor, double Final) : Schedule
{
    protected override double RateAt(long k)
    {
        var cycle = FirstCycle;
        if (CycleFactor == 1)
            return CosineBetween(Initial, Final, (double)(k % cycle) / cycle);

        // At most 63 rounds. A cycle that would pass long.MaxValue cannot end within the steps there are.
        var position = k;
        while (position >= cycle)
        {
            position -= cycle;
            cycle = cycle > long.MaxValue / CycleFactor ? long.MaxValue : cycle * CycleFactor;
        }

        return CosineBetween(Initial, Final, (double)position / cycle);
    }
}

namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>This schedule for a number of steps, then another one, whose step 0 comes right after.</summary>
    /// <param name="steps">Steps of this schedule, at least 0.</param>
    /// <param name="next">The schedule that follows.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    public Schedule Then(long steps, Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new JoinedSchedule(this, CheckDuration(steps, nameof(steps)), next);
    }
}

internal sealed record JoinedSchedule(Schedule First, long Steps, Schedule Next) : Schedule
{
    protected override double RateAt(long k) => k < Steps ? First.Rate(k) : Next.Rate(k - Steps);
}

namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// This schedule after a linear warm-up: <c>rate(k) = Rate(0) (k + 1) / steps</c> for <c>k &lt; steps</c>, then
    /// <c>Rate(k - steps)</c>. The last step of the warm-up has the first rate of the schedule.
    /// </summary>
    /// <param name="steps">Steps of the warm-up, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    public Schedule WithWarmup(long steps) =>
        CheckDuration(steps, nameof(steps)) == 0 ? this : new WarmupSchedule(steps, this);
}

internal sealed record WarmupSchedule(long Steps, Schedule Schedule) : Schedule
{
    protected override double RateAt(long k) =>
        k < Steps ? Schedule.Rate(0) * ((double)(k + 1) / Steps) : Schedule.Rate(k - Steps);
}

using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>
/// A learning-rate schedule: a pure function from the step (counted from 0) to the rate of that step. It has no state, so one
/// schedule may serve any number of fits and threads, and a plain number converts to a constant one.
/// </summary>
/// <remarks>
/// Rates are never negative. Write your own by deriving a record and overriding <see cref="RateAt"/>.
/// </remarks>
/// <example><code>
/// Schedule schedule = Schedule.Cosine(initial: 0.1, steps: 1_000).WithWarmup(100);
/// double rate = schedule.Rate(0);   // 0.001
/// </code></example>
public abstract partial record Schedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, counted from 0; a schedule answers for every step, however large.</param>
    /// <returns>A rate of at least 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is negative.</exception>
    public double Rate(long step) =>
        RateAt(Guard.Range(step, step >= 0, nameof(step), "at least 0", "Count steps from 0"));

    /// <summary>The learning rate of step <paramref name="k"/>, which has been checked to be at least 0.</summary>
    protected abstract double RateAt(long k);

    /// <summary>A number is the schedule that always answers it.</summary>
    public static implicit operator Schedule(double rate) => Constant(rate);

    private static double CheckRate(double rate, string name) =>
        Guard.NotNegative(rate, name, "0.1 is a common start on standardised features");

    private static double CheckFactor(double factor) =>
        Guard.Range(factor, factor is > 0 and <= 1, nameof(factor), "in (0, 1]", "1 keeps the rate as it is");

    private static long CheckSteps(long steps, string name) =>
        Guard.Range(steps, steps >= 1, name, "at least 1", "One step is one mini-batch");

    private static long CheckDuration(long steps, string name) =>
        Guard.Range(steps, steps >= 0, name, "at least 0", "One step is one mini-batch");
}

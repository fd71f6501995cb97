using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// A learning-rate schedule: a pure function from the step (counted from 0) to the rate of that step. It has no state, so one
/// schedule may serve any number of fits and threads, and a plain number converts to a constant one.
/// </summary>
/// <remarks>
/// Rates are never negative; arguments out of their ranges throw an <see cref="ArgumentOutOfRangeException"/>. Write your own by deriving a
/// record and overriding <see cref="RateAt"/>.
/// </remarks>
/// <example><code>
/// Schedule schedule = Schedule.Cosine(initial: 0.1, steps: 1_000).WithWarmup(100);
/// double rate = schedule.Rate(0);   // 0.001
/// </code></example>
public abstract record Schedule
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
    public static implicit operator Schedule(double rate) =>
        new ConstantSchedule(CheckRate(rate, nameof(rate))) { IsNumber = true };

    /// <summary>The same rate at every step.</summary>
    /// <param name="rate">The rate, at least 0.</param>
    public static Schedule Constant(double rate) =>
        new ConstantSchedule(CheckRate(rate, nameof(rate)));

    /// <summary>A straight line from <paramref name="initial"/> to <paramref name="final"/>, up or down, which is then kept.</summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="final">The last rate, at least 0.</param>
    /// <param name="steps">The step at which the last rate is reached, at least 1.</param>
    public static Schedule Linear(double initial, double final, long steps) => Polynomial(initial, steps, power: 1, final);

    /// <summary>Polynomial decay, <c>rate(k) = final + (initial - final) (1 - min(k, steps) / steps)^power</c>.</summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="steps">The step at which <paramref name="final"/> is reached and kept, at least 1.</param>
    /// <param name="power">The exponent, above 0.</param>
    /// <param name="final">The last rate, at least 0.</param>
    public static Schedule Polynomial(double initial, long steps, double power = 1, double final = 0) => new PolynomialSchedule(
        CheckRate(initial, nameof(initial)),
        CheckSteps(steps, nameof(steps)),
        Guard.Positive(power, nameof(power), "1 is a straight line"),
        CheckRate(final, nameof(final)));

    /// <summary>Exponential decay, <c>rate(k) = initial factor^(k / steps)</c>.</summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="factor">What <paramref name="steps"/> steps multiply the rate by, in (0, 1].</param>
    /// <param name="steps">How many steps the factor takes, at least 1.</param>
    public static Schedule Exponential(double initial, double factor, long steps = 1) =>
        new ExponentialSchedule(CheckRate(initial, nameof(initial)), CheckFactor(factor), CheckSteps(steps, nameof(steps)));

    /// <summary>A staircase, <c>rate(k) = initial factor^floor(k / steps)</c>.</summary>
    /// <param name="initial">The rate of the first stair, at least 0.</param>
    /// <param name="factor">What each stair multiplies the rate by, in (0, 1].</param>
    /// <param name="steps">Steps a stair, at least 1.</param>
    public static Schedule Step(double initial, double factor, long steps) =>
        new StepSchedule(CheckRate(initial, nameof(initial)), CheckFactor(factor), CheckSteps(steps, nameof(steps)));

    /// <summary>A staircase with stairs of chosen lengths, <c>rate(k) = initial factor^(number of milestones at or before k)</c>.</summary>
    /// <param name="initial">The rate before the first milestone, at least 0.</param>
    /// <param name="factor">What each milestone multiplies the rate by, in (0, 1].</param>
    /// <param name="milestones">The steps at which the rate falls, each at least 1 and after the one before.</param>
    public static Schedule MultiStep(double initial, double factor, params ReadOnlySpan<long> milestones)
    {
        CheckFactor(factor);
        var stairs = Constant(initial);
        long previous = 0;
        for (var i = 0; i < milestones.Length; i++)
        {
            var milestone = milestones[i];
            Guard.Range(milestone, milestone > previous, nameof(milestones), $"above {previous}", "Give the milestones in ascending order");
            stairs = stairs.Then(milestone, Constant(initial * Math.Pow(factor, i + 1)));
            previous = milestone;
        }

        return stairs;
    }

    /// <summary>
    /// Half a cosine wave, <c>rate(k) = final + (initial - final) (1 + cos(pi k / steps)) / 2</c>, then <c>final</c> for ever.
    /// </summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="steps">The step at which <paramref name="final"/> is reached, at least 1.</param>
    /// <param name="final">The last rate, at least 0.</param>
    /// <remarks>Loshchilov and Hutter 2017, SGDR, equation 5, without restarts.</remarks>
    public static Schedule Cosine(double initial, long steps, double final = 0) =>
        new CosineSchedule(CheckRate(initial, nameof(initial)), CheckSteps(steps, nameof(steps)), CheckRate(final, nameof(final)));

    /// <summary>
    /// Cosine waves with warm restarts: each cycle falls from <paramref name="initial"/> towards <paramref name="final"/> as
    /// <see cref="Cosine"/> does, then the next one begins, <paramref name="cycleFactor"/> times as long.
    /// </summary>
    /// <param name="initial">The rate at the start of each cycle, at least 0.</param>
    /// <param name="firstCycle">Steps of the first cycle, at least 1.</param>
    /// <param name="cycleFactor">What each cycle multiplies the next one's length by, at least 1.</param>
    /// <param name="final">The rate that each cycle falls towards, at least 0.</param>
    /// <remarks>Loshchilov and Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, equation 5.</remarks>
    public static Schedule CosineWithRestarts(
        double initial, long firstCycle, int cycleFactor = 1, double final = 0) => new CosineRestartsSchedule(
        CheckRate(initial, nameof(initial)),
        CheckSteps(firstCycle, nameof(firstCycle)),
        Guard.Range(cycleFactor, cycleFactor >= 1, nameof(cycleFactor), "at least 1", "1 keeps all cycles the same length"),
        CheckRate(final, nameof(final)));

    /// <summary>
    /// One cycle over a whole fit: up from <c>maximum / initialDivisor</c> to <c>maximum</c> during the first
    /// <paramref name="riseShare"/> of the steps, then down to <c>maximum / initialDivisor / finalDivisor</c>, which is kept.
    /// </summary>
    /// <param name="maximum">The highest rate, at least 0.</param>
    /// <param name="steps">Steps of the whole cycle, at least 1.</param>
    /// <param name="riseShare">The share of the steps that rise, in [0, 1]; in [0, 0.5] with three phases.</param>
    /// <param name="linear">Whether each phase is a straight line; else it is half a cosine wave, flat at both ends.</param>
    /// <param name="initialDivisor">The highest rate divided by the first, at least 1.</param>
    /// <param name="finalDivisor">The first rate divided by the last, at least 1.</param>
    /// <param name="threePhases">Whether the fall first mirrors the rise, and only then goes on to the last rate.</param>
    /// <remarks>
    /// Smith and Topin 2018, Super-Convergence, as PyTorch's <c>OneCycleLR</c> lays it out: step 0 has the first rate, the rise ends at
    /// (real-valued) step <c>riseShare steps - 1</c>, step <c>steps - 1</c> has the last rate.
    /// </remarks>
    public static Schedule OneCycle(
        double maximum,
        long steps,
        double riseShare = 0.3,
        bool linear = false,
        double initialDivisor = 25,
        double finalDivisor = 1e4,
        bool threePhases = false)
    {
        var largestShare = threePhases ? 0.5 : 1;
        var allowed = riseShare >= 0 && riseShare <= largestShare;
        Guard.Range(riseShare, allowed, nameof(riseShare), $"in [0, {largestShare}]", "0.3 is the usual choice");

        return new OneCycleSchedule(
            CheckRate(maximum, nameof(maximum)), CheckSteps(steps, nameof(steps)), riseShare, linear,
            CheckDivisor(initialDivisor, nameof(initialDivisor)), CheckDivisor(finalDivisor, nameof(finalDivisor)), threePhases);
    }

    /// <summary>
    /// This schedule after a linear warm-up: <c>rate(k) = Rate(0) (k + 1) / steps</c> for <c>k &lt; steps</c>, then
    /// <c>Rate(k - steps)</c>. The last step of the warm-up has the first rate of the schedule.
    /// </summary>
    /// <param name="steps">Steps of the warm-up, at least 0.</param>
    public Schedule WithWarmup(long steps) =>
        CheckDuration(steps, nameof(steps)) == 0 ? this : new WarmupSchedule(steps, this);

    /// <summary>This schedule for a number of steps, then another one, whose step 0 comes right after.</summary>
    /// <param name="steps">Steps of this schedule, at least 0.</param>
    /// <param name="next">The schedule that follows.</param>
    public Schedule Then(long steps, Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new JoinedSchedule(this, CheckDuration(steps, nameof(steps)), next);
    }

    private static double CheckRate(double rate, string name) =>
        Guard.NotNegative(rate, name, "0.1 is a common start on standardised features");

    private static double CheckFactor(double factor) =>
        Guard.Range(factor, factor is > 0 and <= 1, nameof(factor), "in (0, 1]", "1 keeps the rate as it is");

    private static double CheckDivisor(double divisor, string name) =>
        Guard.Range(divisor, double.IsFinite(divisor) && divisor >= 1, name, "a finite number of at least 1", "1 keeps the rate as it is");

    private static long CheckSteps(long steps, string name) =>
        Guard.Range(steps, steps >= 1, name, "at least 1", "One step is one mini-batch");

    private static long CheckDuration(long steps, string name) =>
        Guard.Range(steps, steps >= 0, name, "at least 0", "One step is one mini-batch");

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(GetType(), PrintMembers);
}

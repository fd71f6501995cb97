using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>A staircase, <c>rate(k) = initial factor^floor(k / steps)</c>.</summary>
    /// <param name="initial">The rate of the first stair, at least 0.</param>
    /// <param name="factor">What each stair multiplies the rate by, in (0, 1].</param>
    /// <param name="steps">Steps a stair, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static Schedule Step(double initial, double factor, long steps) =>
        new StepSchedule(CheckRate(initial, nameof(initial)), CheckFactor(factor), CheckSteps(steps, nameof(steps)));

    /// <summary>A staircase with stairs of chosen lengths, <c>rate(k) = initial factor^(number of milestones at or before k)</c>.</summary>
    /// <param name="initial">The rate before the first milestone, at least 0.</param>
    /// <param name="factor">What each milestone multiplies the rate by, in (0, 1].</param>
    /// <param name="milestones">The steps at which the rate falls, each at least 1 and after the one before.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
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
}

internal sealed record StepSchedule(double Initial, double Factor, long Steps) : Schedule
{
    protected override double RateAt(long k) => Initial * Math.Pow(Factor, k / Steps);
}

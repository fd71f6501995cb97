namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>The same rate at every step.</summary>
    /// <param name="rate">The rate, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is negative or not finite.</exception>
    public static Schedule Constant(double rate) =>
        new ConstantSchedule(CheckRate(rate, nameof(rate)));
}

internal sealed record ConstantSchedule(double Value) : Schedule
{
    protected override double RateAt(long k) => Value;
}

using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// Decay by the inverse of time, <c>rate(k) = initial / (1 + decay k / steps)^power</c>.
    /// </summary>
    /// <param name="initial">The rate of step 0, at least 0.</param>
    /// <param name="decay">How much the denominator grows in <paramref name="steps"/> steps, at least 0.</param>
    /// <param name="steps">The unit of time in steps, at least 1.</param>
    /// <param name="power">The exponent, above 0: 1 or less is needed to reach an optimum that is far away, more than 0.5 to settle in it.</param>
    /// <param name="staircase">Whether time stands still within each unit: <c>floor(k / steps)</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <remarks>
    /// Robbins and Monro 1951. With <c>decay: 1</c> it is scikit-learn's <c>invscaling</c>; with <c>power: 0.5</c> as well, the square-root
    /// decay; with <c>power: 0.75, decay: lambda * initial</c> the rate of Bottou's averaged SGD.
    /// </remarks>
    public static Schedule InverseTime(double initial, double decay, long steps = 1, double power = 1, bool staircase = false) =>
        new InverseTimeSchedule(
            CheckRate(initial, nameof(initial)), Guard.NotNegative(decay, nameof(decay), "0 keeps the rate constant"),
            CheckSteps(steps, nameof(steps)), CheckPower(power), staircase);
}

internal sealed record InverseTimeSchedule(double Initial, double Decay, long Steps, double Power, bool Staircase) : Schedule
{
    protected override double RateAt(long k)
    {
        var time = Staircase ? k / Steps : (double)k / Steps;
        return Initial / Math.Pow(1 + (Decay * time), Power);
    }
}

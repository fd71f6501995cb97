using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

public abstract partial record Schedule
{
    /// <summary>
    /// One cycle over a whole fit: up from <c>maximum / initialDivisor</c> to <c>maximum</c> during the first
    /// <paramref name="riseShare"/> of the steps, then down to <c>maximum / initialDivisor / finalDivisor</c>, which is kept.
    /// </summary>
    /// <param name="maximum">The highest rate, at least 0.</param>
    /// <param name="steps">Steps of the whole cycle, at least 1.</param>
    /// <param name="riseShare">The share of the steps that rise, in [0, 1]; in [0, 0.5] with three phases.</param>
    /// <param name="annealing">The curve of each phase.</param>
    /// <param name="initialDivisor">The highest rate divided by the first, at least 1.</param>
    /// <param name="finalDivisor">The first rate divided by the last, at least 1.</param>
    /// <param name="threePhases">Whether the fall first mirrors the rise, and only then goes on to the last rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <remarks>
    /// Smith and Topin 2018, Super-Convergence, as PyTorch's <c>OneCycleLR</c> lays it out: step 0 has the first rate, the rise ends at
    /// (real-valued) step <c>riseShare steps - 1</c>, step <c>steps - 1</c> has the last rate.
    /// </remarks>
    public static Schedule OneCycle(
        double maximum,
        long steps,
        double riseShare = 0.3,
        Annealing annealing = Annealing.Cosine,
        double initialDivisor = 25,
        double finalDivisor = 1e4,
        bool threePhases = false)
    {
        var largestShare = threePhases ? 0.5 : 1;
        Guard.Range(
            riseShare, riseShare >= 0 && riseShare <= largestShare, nameof(riseShare), $"in [0, {largestShare}]", "0.3 is the usual choice");
        if (!Enum.IsDefined(annealing))
            throw new ArgumentOutOfRangeException(nameof(annealing), annealing, $"'{nameof(annealing)}' is {annealing}; it must be Cosine or Linear.");
        return new OneCycleSchedule(
            CheckRate(maximum, nameof(maximum)), CheckSteps(steps, nameof(steps)), riseShare, annealing,
            CheckDivisor(initialDivisor, nameof(initialDivisor)), CheckDivisor(finalDivisor, nameof(finalDivisor)), threePhases);
    }

    private static double CheckDivisor(double divisor, string name) =>
        Guard.Range(divisor, double.IsFinite(divisor) && divisor >= 1, name, "a finite number of at least 1", "1 keeps the rate as it is");
}

internal sealed record OneCycleSchedule(
    double Maximum, long Steps, double RiseShare, Annealing Annealing, double InitialDivisor, double FinalDivisor, bool ThreePhases) : Schedule
{
    protected override double RateAt(long k)
    {
        var initial = Maximum / InitialDivisor;
        var minimum = initial / FinalDivisor;
        var risen = (RiseShare * Steps) - 1;
        double last = Steps - 1;
        if (k <= risen)
            return Phase(initial, Maximum, 0, risen, k);
        if (!ThreePhases)
            return Phase(Maximum, minimum, risen, last, k);

        var mirrored = (2 * RiseShare * Steps) - 2;
        return k <= mirrored ? Phase(Maximum, initial, risen, mirrored, k) : Phase(initial, minimum, mirrored, last, k);
    }

    private double Phase(double from, double to, double start, double end, double k)
    {
        // A phase of no length has only its end.
        var position = end > start ? Math.Min((k - start) / (end - start), 1) : 1;
        return Annealing == Annealing.Cosine ? CosineBetween(from, to, position) : from + ((to - from) * position);
    }
}

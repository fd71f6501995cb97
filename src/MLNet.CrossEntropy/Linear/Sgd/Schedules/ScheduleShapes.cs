namespace MLNet.CrossEntropy.Linear;

// The shapes behind Schedule's factory methods, which check the arguments and state the formulas. Records, so that equal arguments make
// equal schedules and a checkpoint can name them.
internal sealed record ConstantSchedule(double Value) : Schedule
{
    /// <summary>Whether it was written as a number, which a trainer's option takes for the largest rate of the fit.</summary>
    internal bool IsNumber { get; init; }

    protected override double RateAt(long k) => Value;
}

internal sealed record PolynomialSchedule(double Initial, long Steps, double Power, double Final) : Schedule
{
    protected override double RateAt(long k) =>
        Final + ((Initial - Final) * Math.Pow(1 - ((double)Math.Min(k, Steps) / Steps), Power));
}

internal sealed record ExponentialSchedule(double Initial, double Factor, long Steps) : Schedule
{
    protected override double RateAt(long k) => Initial * Math.Pow(Factor, (double)k / Steps);
}

internal sealed record StepSchedule(double Initial, double Factor, long Steps) : Schedule
{
    protected override double RateAt(long k) => Initial * Math.Pow(Factor, k / Steps);
}

internal sealed record CosineSchedule(double Initial, long Steps, double Final) : Schedule
{
    /// <summary>The cosine wave from <paramref name="from"/> (position 0) to <paramref name="to"/> (position 1).</summary>
    public static double Between(double from, double to, double position) =>
        to + ((from - to) * (1 + Math.Cos(Math.PI * position)) / 2);

    protected override double RateAt(long k) => Between(Initial, Final, (double)Math.Min(k, Steps) / Steps);
}

internal sealed record CosineRestartsSchedule(double Initial, long FirstCycle, int CycleFactor, double Final) : Schedule
{
    protected override double RateAt(long k)
    {
        var cycle = FirstCycle;
        if (CycleFactor == 1)
            return CosineSchedule.Between(Initial, Final, (double)(k % cycle) / cycle);

        // At most 63 rounds. A cycle that would pass long.MaxValue cannot end within the steps there are.
        var position = k;
        while (position >= cycle)
        {
            position -= cycle;
            cycle = cycle > long.MaxValue / CycleFactor ? long.MaxValue : cycle * CycleFactor;
        }

        return CosineSchedule.Between(Initial, Final, (double)position / cycle);
    }
}

internal sealed record OneCycleSchedule(
    double Maximum, long Steps, double RiseShare, bool IsLinear, double InitialDivisor, double FinalDivisor, bool ThreePhases)
    : Schedule
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
        return IsLinear ? from + ((to - from) * position) : CosineSchedule.Between(from, to, position);
    }
}

internal sealed record WarmupSchedule(long Steps, Schedule Schedule) : Schedule
{
    protected override double RateAt(long k) =>
        k < Steps ? Schedule.Rate(0) * ((double)(k + 1) / Steps) : Schedule.Rate(k - Steps);
}

internal sealed record JoinedSchedule(Schedule First, long Steps, Schedule Next) : Schedule
{
    protected override double RateAt(long k) => k < Steps ? First.Rate(k) : Next.Rate(k - Steps);
}

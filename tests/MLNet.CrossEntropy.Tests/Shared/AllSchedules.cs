namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// Every schedule, stretched over a number of steps. <c>Smooth</c> ones have no jump: their largest change from step to step vanishes
/// as they are stretched. A new one is one line here.
/// </summary>
internal static class AllSchedules
{
    /// <summary>No schedule here goes above this rate.</summary>
    public const double Highest = 0.5;

    private static readonly Dictionary<string, (Func<long, Schedule> Over, bool Smooth)> Cases = new()
    {
        ["constant"] = (_ => Highest, true),
        ["step"] = (n => Schedule.Step(Highest, 0.5, n), false),
        ["multi-step"] = (n => Schedule.MultiStep(Highest, 0.1, n, 2 * n, 5 * n), false),
        ["exponential"] = (n => Schedule.Exponential(Highest, 0.1, n), true),
        ["cosine"] = (n => Schedule.Cosine(Highest, n), true),
        ["cosine, floored"] = (n => Schedule.Cosine(Highest, n, final: 0.1), true),
        ["cosine with restarts"] = (n => Schedule.CosineWithRestarts(Highest, n), false),
        ["cosine with longer and longer restarts"] = (n => Schedule.CosineWithRestarts(Highest, n, cycleFactor: 3, final: 0.01), false),
        ["one-cycle"] = (n => Schedule.OneCycle(Highest, n), true),
        ["one-cycle, linear"] = (n => Schedule.OneCycle(Highest, n, riseShare: 0.45, linear: true), true),
        ["one-cycle, three phases"] = (n => Schedule.OneCycle(Highest, n, threePhases: true), true),
        ["one-cycle without a rise"] = (n => Schedule.OneCycle(Highest, n, riseShare: 0), true),
        ["one-cycle without a fall"] = (n => Schedule.OneCycle(Highest, n, riseShare: 1), false),
        ["polynomial"] = (n => Schedule.Polynomial(Highest, n, power: 2), true),
        ["polynomial, square root"] = (n => Schedule.Polynomial(Highest, n, power: 0.5, final: 0.02), true),
        ["linear"] = (n => Schedule.Linear(0.1, Highest, n), true),
        ["joined"] = (n => Schedule.Linear(0.1, 0.3, n).Then(n, 0.3), true),
        ["warm-up and cosine"] = (n => Schedule.Cosine(Highest, n).WithWarmup(n), true),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>A schedule whose characteristic time is <paramref name="steps"/>.</summary>
    public static Schedule Over(string name, long steps) => Cases[name].Over(steps);

    public static bool IsSmooth(string name) => Cases[name].Smooth;
}

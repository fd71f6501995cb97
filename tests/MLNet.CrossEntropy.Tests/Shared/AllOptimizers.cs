using System.Numerics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// Every optimizer, each with a schedule under which it solves a small convex problem on standardised features in
/// <see cref="Steps"/> full-batch steps. A new one is one line here.
/// </summary>
internal static class AllOptimizers
{
    /// <summary>How many steps the schedules are made for.</summary>
    public const int Steps = 1_500;

    private static readonly Dictionary<string, (Optimizer Rule, Schedule Schedule)> Cases = new()
    {
        ["sgd"] = (new Sgd(), 0.5),
        ["momentum"] = (new Sgd { Momentum = 0.9 }, 0.1),
        ["momentum, dampened"] = (new Sgd { Momentum = 0.9, Dampening = 0.5 }, 0.2),
        ["nesterov"] = (new Sgd { Momentum = 0.9, Nesterov = true }, 0.1),
        ["adagrad"] = (new AdaGrad(), 0.5),
        ["rmsprop"] = (new RmsProp(), Schedule.Cosine(0.05, Steps)),
        ["rmsprop, centred with momentum"] = (new RmsProp { Momentum = 0.9, Centered = true }, Schedule.Cosine(0.002, Steps)),
        ["adam"] = (new Adam(), Schedule.Cosine(0.1, Steps)),
        ["adam, amsgrad"] = (new Adam { AmsGrad = true }, Schedule.Cosine(0.1, Steps)),
        ["adamw"] = (new AdamW { WeightDecay = 0 }, Schedule.Cosine(0.1, Steps).WithWarmup(50)),
        ["adamw, amsgrad"] = (new AdamW { AmsGrad = true, WeightDecay = 0 }, Schedule.Cosine(0.1, Steps)),
    };

    /// <summary>The names, for one theory row each.</summary>
    public static TheoryData<string> Names => [.. Keys];

    public static IEnumerable<string> Keys => Cases.Keys;

    public static Optimizer Rule(string name) => Cases[name].Rule;

    public static Schedule ScheduleOf(string name) => Cases[name].Schedule;

    /// <summary>One step on a slice of the parameters.</summary>
    public static void Step<T>(
        this Optimizer rule, Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => rule.BindStep<T>()(parameters, gradient, state, offset, learningRate);
}

using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>The rates of PyTorch's schedulers and of the textbook formulas, step by step.</summary>
public class TorchScheduleTests
{
    private static readonly JsonArray Tables = GoldenFile.Load("torch-optimizers.json")["schedules"]!.AsArray();

    public static TheoryData<int, string> Indexes
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var i = 0; i < Tables.Count; i++)
                data.Add(i, Tables[i]!["name"]!.GetValue<string>());
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Reproduces_the_table(int index, string name)
    {
        var table = Tables[index]!;
        var schedule = ScheduleOf(name, table["lr0"].Number(), table["hyper"]!);
        var expected = table["lr"].Numbers();
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], schedule.Rate(k), 1e-14 * Math.Max(1, expected[k]));
    }

    private static Schedule ScheduleOf(string name, double rate, JsonNode hyper)
    {
        double Number(string key) => hyper[key].Number();
        long Whole(string key) => (long)Number(key);
        return name switch
        {
            "StepLR" => Schedule.Step(rate, Number("gamma"), Whole("step_size")),
            "MultiStepLR" => Schedule.MultiStep(rate, Number("gamma"), [.. hyper["milestones"].Numbers().Select(m => (long)m)]),
            "ExponentialLR" => Schedule.Exponential(rate, Number("gamma")),
            "CosineAnnealingLR" => Schedule.Cosine(rate, Whole("T_max"), Number("eta_min")),
            "CosineAnnealingWarmRestarts" => Schedule.CosineWithRestarts(rate, Whole("T_0"), (int)Whole("T_mult"), Number("eta_min")),
            "OneCycleLR" => Schedule.OneCycle(
                Number("max_lr"), Whole("total_steps"), Number("pct_start"),
                hyper["anneal_strategy"]!.GetValue<string>() == "cos" ? Annealing.Cosine : Annealing.Linear,
                Number("div_factor"), Number("final_div_factor"), hyper["three_phase"]!.GetValue<bool>()),
            "PolynomialLR" => Schedule.Polynomial(rate, Whole("total_iters"), Number("power")),
            "PolynomialEnd" => Schedule.Polynomial(rate, Whole("decay_steps"), Number("power"), Number("end_lr")),
            "LinearLR" => Schedule.Linear(rate * Number("start_factor"), rate * Number("end_factor"), Whole("total_iters")),
            "ConstantLR" => Schedule.Constant(rate * Number("factor")).Then(Whole("total_iters"), rate),
            "LinearWarmup" => Schedule.Constant(rate).WithWarmup(Whole("warmup_steps")),
            "LinearWarmupCosine" => Schedule.Cosine(rate, Whole("total_steps") - Whole("warmup_steps")).WithWarmup(Whole("warmup_steps")),
            _ => throw new NotSupportedException($"No schedule for {name}."),
        };
    }
}

using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What every schedule promises, and the rates of PyTorch's schedulers and of the textbook formulas, step by step.</summary>
public class ScheduleTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(new Replay(new Rnd(20240612, 7), null)).WithMaxTest(200);

    private static readonly JsonArray Tables = GoldenFile.Load("torch-optimizers.json")["schedules"]!.AsArray();

    public static TheoryData<string> Names => AllSchedules.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Rates_stay_between_zero_and_the_highest(string name)
    {
        var steps = Gen.OneOf(
            Gen.Choose(0, 300).Select(k => (long)k), Gen.Choose(0, 62).Select(bit => 1L << bit), Gen.Constant(long.MaxValue));
        var lengths = Gen.OneOf(Gen.Choose(1, 100).Select(n => (long)n), Gen.Choose(0, 59).Select(bit => 1L << bit));
        Check.One(Config, Prop.ForAll(steps.Zip(lengths).ToArbitrary(), pair =>
        {
            var rate = AllSchedules.Over(name, pair.Item2).Rate(pair.Item1);
            return rate is >= 0 and <= AllSchedules.Highest * (1 + 1e-15);
        }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Changes_from_step_to_step_vanish_unless_the_schedule_jumps(string name)
    {
        const int Length = 20_000;
        var schedule = AllSchedules.Over(name, Length);
        double largest = 0;
        for (var k = 0; k < 6 * Length; k++)
            largest = Math.Max(largest, Math.Abs(schedule.Rate(k + 1) - schedule.Rate(k)));
        if (AllSchedules.IsSmooth(name))
            Assert.InRange(largest, 0, 0.01 * AllSchedules.Highest);
        else
            Assert.True(largest > 0.01 * AllSchedules.Highest, $"the largest change is {largest}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_warm_up_rises_linearly_to_the_first_rate_and_then_gives_way(string name)
    {
        var gen = Gen.Choose(1, 50).Zip(Gen.Choose(0, 200)).Select(pair => (pair.Item1, pair.Item2));
        var schedule = AllSchedules.Over(name, 40);
        Check.One(Config, Prop.ForAll(gen.ToArbitrary(), pair =>
        {
            (var warmup, var k) = pair;
            var warmed = schedule.WithWarmup(warmup);
            var expected = k < warmup ? schedule.Rate(0) * (k + 1) / warmup : schedule.Rate(k - warmup);
            return Math.Abs(expected - warmed.Rate(k)) <= 1e-15;
        }));
        Assert.Same(schedule, schedule.WithWarmup(0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_negative_step_is_refused(string name)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => AllSchedules.Over(name, 10).Rate(-3));
        Assert.Contains("-3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_arguments_make_equal_schedules(string name)
    {
        Assert.Equal(AllSchedules.Over(name, 10), AllSchedules.Over(name, 10));
        if (name != "constant")
            Assert.NotEqual(AllSchedules.Over(name, 10), AllSchedules.Over(name, 11));
    }

    [Fact]
    public void Restarts_repeat_the_first_cycle()
    {
        Gen<(int, int, int)> gen = Gen.Choose(1, 30).Zip(Gen.Choose(0, 29))
            .Zip(Gen.Choose(0, 1_000_000), (a, b) => (a.Item1, a.Item2 % a.Item1, b));
        Check.One(Config, Prop.ForAll(gen.ToArbitrary(), triple =>
        {
            (var length, var position, var cycles) = triple;
            Schedule schedule = Schedule.CosineWithRestarts(0.5, length, final: 0.01);
            return schedule.Rate(position) == schedule.Rate(position + ((long)cycles * length))
                && schedule.Rate(position) == Schedule.Cosine(0.5, length, 0.01).Rate(position);
        }));
    }

    [Fact]
    public void Longer_restarts_stretch_the_first_cycle()
    {
        // Cycles of 5, 10, 20, ... steps begin at 5 (2^j - 1).
        Schedule schedule = Schedule.CosineWithRestarts(0.5, firstCycle: 5, cycleFactor: 2);
        for (var cycle = 0; cycle < 50; cycle++)
        {
            var start = 5 * ((1L << cycle) - 1);
            for (var position = 0; position < 5; position++)
                Assert.Equal(schedule.Rate(position), schedule.Rate(start + (position * (1L << cycle))), 1e-15);
        }
    }

    [Fact]
    public void A_joined_schedule_starts_its_second_part_from_its_own_step_zero()
    {
        var schedule = Schedule.Linear(0.1, 0.2, 4).Then(4, Schedule.Exponential(1, 0.5));
        var rates = Enumerable.Range(0, 7).Select(k => schedule.Rate(k));
        Assert.Equal([0.1, 0.125, 0.15, 0.175, 1, 0.5, 0.25], rates, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Endpoints_are_exact()
    {
        Assert.Equal(0.1, Schedule.Cosine(0.5, 10, 0.1).Rate(10));
        Assert.Equal(0, Schedule.Cosine(0.5, 10).Rate(10));
        Assert.Equal(0.5, Schedule.Cosine(0.5, 10).Rate(0));
        Assert.Equal(0, Schedule.Polynomial(0.5, 10, 2).Rate(10));
        Assert.Equal(0.5 / 25 / 1e4, Schedule.OneCycle(0.5, 100).Rate(99));
        Assert.Equal(0.5 / 25 / 1e4, Schedule.OneCycle(0.5, 1).Rate(0));
        Assert.Equal(0.5, Schedule.OneCycle(0.5, 10, riseShare: 0.1).Rate(0));
    }

    [Fact]
    public void Arguments_out_of_range_are_refused_with_value_and_remedy()
    {
        (Func<Schedule> Make, string Name, string Seen)[] wrong =
        [
            (() => -0.1, "rate", "-0.1"),
            (() => double.NaN, "rate", "NaN"),
            (() => double.PositiveInfinity, "rate", "Infinity"),
            (() => Schedule.Step(-1, 0.5, 10), "initial", "-1"),
            (() => Schedule.Step(0.1, 1.5, 10), "factor", "1.5"),
            (() => Schedule.Step(0.1, 0, 10), "factor", "0"),
            (() => Schedule.Step(0.1, 0.5, 0), "steps", "0"),
            (() => Schedule.MultiStep(0.1, 0.5, 5, 5), "milestones", "5"),
            (() => Schedule.MultiStep(0.1, 0.5, 0), "milestones", "0"),
            (() => Schedule.Exponential(0.1, double.NaN), "factor", "NaN"),
            (() => Schedule.Cosine(0.1, -1), "steps", "-1"),
            (() => Schedule.Cosine(0.1, 10, final: -1), "final", "-1"),
            (() => Schedule.CosineWithRestarts(0.1, 0), "firstCycle", "0"),
            (() => Schedule.CosineWithRestarts(0.1, 10, cycleFactor: 0), "cycleFactor", "0"),
            (() => Schedule.OneCycle(0.1, 10, riseShare: 1.1), "riseShare", "1.1"),
            (() => Schedule.OneCycle(0.1, 10, riseShare: 0.6, threePhases: true), "riseShare", "0.6"),
            (() => Schedule.OneCycle(0.1, 10, initialDivisor: 0.5), "initialDivisor", "0.5"),
            (() => Schedule.OneCycle(0.1, 10, finalDivisor: 0), "finalDivisor", "0"),
            (() => Schedule.Polynomial(0.1, 10, power: 0), "power", "0"),
            (() => Schedule.Constant(0.1).WithWarmup(-1), "steps", "-1"),
            (() => Schedule.Constant(0.1).Then(-1, 0.1), "steps", "-1"),
        ];
        Assert.All(wrong, example =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => example.Make());
            Assert.Equal(example.Name, error.ParamName);
            Assert.StartsWith($"'{example.Name}' is {example.Seen}; it must be ", error.Message, StringComparison.Ordinal);
        });
    }

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
                hyper["anneal_strategy"]!.GetValue<string>() == "linear",
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

using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What every optimizer promises.</summary>
public class OptimizerTests
{
    private const int Rounds = 6;

    public static TheoryData<string> Names => AllOptimizers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Slices_give_the_bits_of_the_whole(string name)
    {
        // Every length around the vector widths, cut at random places.
        for (var length = 0; length <= 70; length++)
        {
            AssertSlicesAgree<float>(AllOptimizers.Rule(name), length);
            AssertSlicesAgree<double>(AllOptimizers.Rule(name), length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_copied_state_resumes_the_fit_exactly(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var state = rule.CreateState<float>(13);
        var parameters = Values<float>(13, seed: 1);
        Run(rule, parameters, state, from: 0, to: Rounds);

        var clone = state.Clone();
        var overwritten = rule.CreateState<float>(13);
        overwritten.CopyFrom(state);
        float[] expected = [.. parameters];
        Run(rule, expected, state, Rounds, 2 * Rounds);
        foreach (var copy in new[] { clone, overwritten })
        {
            float[] resumed = [.. parameters];
            Run(rule, resumed, copy, Rounds, 2 * Rounds);
            Assert.Equal(expected, resumed);
            Assert.Equal(state.Steps, copy.Steps);
            for (var slot = 0; slot < rule.Slots; slot++)
                Assert.Equal(state.Slot(slot, 0, 13), copy.Slot(slot, 0, 13));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_allocates_nothing(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var state = rule.CreateState<float>(37);
        var parameters = Values<float>(37, seed: 1);
        var gradient = Values<float>(37, seed: 2);
        var step = rule.BindStep<float>();
        for (var t = 0; t < 100; t++)
            OneStep();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 0; t < 100; t++)
            OneStep();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void OneStep()
        {
            step(parameters, gradient, state, 0, 0.01);
            state.Steps++;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_rule_serves_several_threads_at_once(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var expected = Fit();
        var fits = new float[4][];
        Parallel.For(0, fits.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => fits[i] = Fit());
        Assert.All(fits, fit => Assert.Equal(expected, fit));

        float[] Fit()
        {
            var parameters = Values<float>(19, seed: 1);
            Run(rule, parameters, rule.CreateState<float>(19), 0, 50);
            return parameters;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Float_follows_double(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var single = Values<float>(21, seed: 1);
        var twice = Values<double>(21, seed: 1);
        Run(rule, single, rule.CreateState<float>(21), 0, Rounds);
        Run(rule, twice, rule.CreateState<double>(21), 0, Rounds);
        Assert.All(twice.Zip(single), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rate_of_zero_moves_nothing(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var parameters = Values<float>(11, seed: 1);
        float[] before = [.. parameters];
        var state = rule.CreateState<float>(11);
        rule.Step(parameters, Values<float>(11, seed: 2), state, 0, learningRate: 0);
        Assert.Equal(before, parameters);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_of_zero_leaves_fresh_parameters_alone(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var parameters = Values<float>(11, seed: 1);
        float[] before = [.. parameters];
        var state = rule.CreateState<float>(11);
        for (var t = 0; t < 3; t++)
        {
            rule.Step(parameters, new float[11], state, 0, learningRate: 0.1);
            state.Steps++;
        }

        Assert.Equal(before, parameters);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_goes_downhill(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var parameters = Values<double>(11, seed: 1);
        double[] before = [.. parameters];
        var gradient = Values<double>(11, seed: 2);
        rule.Step(parameters, gradient, rule.CreateState<double>(11), 0, 0.01);
        for (var i = 0; i < parameters.Length; i++)
            Assert.Equal(-Math.Sign(gradient[i]), Math.Sign(parameters[i] - before[i]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Misuse_is_refused(string name)
    {
        var rule = AllOptimizers.Rule(name);
        var state = rule.CreateState<float>(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.CheckRate(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Optimizer.CheckRate(double.NaN));
        Assert.Throws<ArgumentException>(() => state.CopyFrom(rule.CreateState<float>(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.CreateState<float>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule with { WeightDecay = -1 });
    }

    [Fact]
    public void Defaults_are_those_of_PyTorch()
    {
        Assert.Equal((0, 0, false, 0), (new Sgd().Momentum, new Sgd().Dampening, new Sgd().Nesterov, new Sgd().WeightDecay));
        Assert.Equal((1e-10, 0), (new AdaGrad().Epsilon, new AdaGrad().InitialAccumulator));
        Assert.Equal((0.99, 1e-8, 0, false), (new RmsProp().Alpha, new RmsProp().Epsilon, new RmsProp().Momentum, new RmsProp().Centered));
        Assert.Equal((0, false), (new Adam().WeightDecay, new Adam().AmsGrad));
        Assert.Equal((0.01, false), (new AdamW().WeightDecay, new AdamW().AmsGrad));
        Adam[] family = [new Adam(), new AdamW()];
        Assert.All(family, rule => Assert.Equal((0.9, 0.999, 1e-8), (rule.Beta1, rule.Beta2, rule.Epsilon)));
    }

    [Fact]
    public void Values_out_of_range_are_refused_with_value_and_remedy()
    {
        (Func<Optimizer> Make, string Name, string Seen)[] wrong =
        [
            (() => new Sgd { Momentum = 1 }, "Momentum", "1"),
            (() => new Sgd { Momentum = -0.1 }, "Momentum", "-0.1"),
            (() => new Sgd { Dampening = 1.5 }, "Dampening", "1.5"),
            (() => new Sgd { WeightDecay = double.NaN }, "WeightDecay", "NaN"),
            (() => new AdaGrad { Epsilon = 0 }, "Epsilon", "0"),
            (() => new AdaGrad { InitialAccumulator = -1 }, "InitialAccumulator", "-1"),
            (() => new RmsProp { Alpha = 1 }, "Alpha", "1"),
            (() => new RmsProp { Momentum = 1.1 }, "Momentum", "1.1"),
            (() => new RmsProp { Epsilon = -1 }, "Epsilon", "-1"),
            (() => new Adam { Beta1 = 1 }, "Beta1", "1"),
            (() => new AdamW { Beta2 = -1 }, "Beta2", "-1"),
            (() => new AdamW { Epsilon = double.PositiveInfinity }, "Epsilon", "Infinity"),
        ];
        Assert.All(wrong, example =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => example.Make());
            Assert.Equal(example.Name, error.ParamName);
            Assert.StartsWith($"'{example.Name}' is {example.Seen}; it must be ", error.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(0.9, 0, false)]
    [InlineData(0.9, 0, true)]
    [InlineData(0.5, 0.25, false)]
    [InlineData(0, 0, false)]
    [InlineData(0, 0.5, true)]
    public void The_long_run_rate_is_the_speed_under_a_constant_gradient(double momentum, double dampening, bool nesterov)
    {
        var rule = new Sgd { Momentum = momentum, Dampening = dampening, Nesterov = nesterov };
        var state = rule.CreateState<double>(1);
        double[] p = [0];
        double before = 0;
        for (var t = 0; t < 500; t++)
        {
            before = p[0];
            rule.Step(p, [1.0], state, 0, 0.1);
            state.Steps++;
        }

        Assert.Equal(rule.LongRunRate(0.1), before - p[0], 1e-12);
    }

    private static void AssertSlicesAgree<T>(Optimizer rule, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var whole = Values<T>(length, seed: 1);
        T[] sliced = [.. whole];
        var wholeState = rule.CreateState<T>(length);
        var slicedState = rule.CreateState<T>(length);
        var random = new Random(length);
        for (var t = 0; t < Rounds; t++)
        {
            var gradient = Values<T>(length, seed: 10 + t);
            rule.Step(whole, gradient, wholeState, 0, 0.1);
            wholeState.Steps++;

            int[] cuts = [.. new[] { 0, random.Next(length + 1), random.Next(length + 1), length }.Order()];
            foreach (var i in new[] { 2, 0, 1 })
            {
                var slice = cuts[i]..cuts[i + 1];
                rule.Step(sliced.AsSpan(slice), gradient.AsSpan(slice), slicedState, cuts[i], 0.1);
            }

            slicedState.Steps++;
        }

        Assert.Equal(whole, sliced);
    }

    private static void Run<T>(Optimizer rule, T[] parameters, OptimizerState<T> state, int from, int to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var t = from; t < to; t++)
        {
            rule.Step(parameters, Values<T>(parameters.Length, seed: 10 + t), state, 0, 0.1);
            state.Steps++;
        }
    }

    /// <summary>Multiples of 1/64 between -2 and 2, never 0: exact in float and double.</summary>
    private static T[] Values<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => T.CreateChecked((random.Next(2) == 0 ? -1 : 1) * random.Next(1, 128) / 64.0))];
    }
}

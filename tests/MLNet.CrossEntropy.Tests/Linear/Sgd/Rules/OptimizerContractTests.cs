using System.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What every optimizer promises.</summary>
public class OptimizerContractTests
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
        var rebuilt = new OptimizerState<float>(
            state.Optimizer, state.Length, state.Steps, [.. state.SlotNames.Select(slot => (slot, state.Slot(slot).ToArray()))]);
        float[] expected = [.. parameters];
        Run(rule, expected, state, Rounds, 2 * Rounds);
        foreach (var copy in new[] { clone, overwritten, rebuilt })
        {
            float[] resumed = [.. parameters];
            Run(rule, resumed, copy, Rounds, 2 * Rounds);
            Assert.Equal(expected, resumed);
            Assert.Equal(state.Steps, copy.Steps);
            Assert.All(state.SlotNames, slot => Assert.Equal(state.Slot(slot).ToArray(), copy.Slot(slot).ToArray()));
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
        for (var t = 0; t < 100; t++)
            OneStep();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 0; t < 100; t++)
            OneStep();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void OneStep()
        {
            rule.Step(parameters, gradient, state, 0, 0.01);
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
        var four = new float[4];
        Assert.Throws<ArgumentException>(() => rule.Step(four, new float[3], state, 0, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.Step(four, four, state, 1, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.Step(four, four, state, -1, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.Step(four, four, state, 0, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.Step(four, four, state, 0, double.NaN));
        Assert.Throws<ArgumentException>(() => rule.Step(four, four, new OptimizerState<float>("another", 4, 0), 0, 0.1));
        Assert.Throws<ArgumentException>(() => state.CopyFrom(rule.CreateState<float>(5)));
        Assert.Throws<ArgumentException>(() => state.Slot("none").Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => rule.CreateState<float>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rule with { WeightDecay = -1 });
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

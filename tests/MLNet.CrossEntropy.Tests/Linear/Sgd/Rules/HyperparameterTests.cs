namespace MLNet.CrossEntropy.Tests.Linear;

public class HyperparameterTests
{
    [Fact]
    public void Defaults_are_those_of_PyTorch()
    {
        Assert.Equal((0, 0, false, 0), (new Sgd().Momentum, new Sgd().Dampening, new Sgd().Nesterov, new Sgd().WeightDecay));
        Assert.Equal((1e-10, 0), (new AdaGrad().Epsilon, new AdaGrad().InitialAccumulator));
        Assert.Equal((0.99, 1e-8, 0, false), (new RmsProp().Alpha, new RmsProp().Epsilon, new RmsProp().Momentum, new RmsProp().Centered));
        Assert.Equal((0, false), (new Adam().WeightDecay, new Adam().AmsGrad));
        Assert.Equal((0.01, false), (new AdamW().WeightDecay, new AdamW().AmsGrad));
        MomentOptimizer[] family = [new Adam(), new AdamW()];
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
}

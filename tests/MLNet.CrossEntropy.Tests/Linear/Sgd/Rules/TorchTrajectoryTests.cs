using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>20 full-batch steps of each of PyTorch's optimizers, in double.</summary>
public class TorchTrajectoryTests
{
    private const double Tolerance = 1e-10;

    private static readonly JsonNode File = GoldenFile.Load("torch-optimizers.json");

    public static TheoryData<string> Runs => [.. File["runs"]!.AsArray().Select(run => run!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Reproduces_the_trajectory(string name)
    {
        var run = File["runs"]!.AsArray().Single(r => r!["name"]!.GetValue<string>() == name)!;
        var hyper = run["hyper"]!;
        var rule = Rule(run["algorithm"]!.GetValue<string>(), hyper);
        var biasRule = hyper["bias_weight_decay"] is JsonNode decay ? rule with { WeightDecay = decay.Number() } : rule;
        var schedule = ScheduleOf(hyper);

        int[] y = [.. File["y"].Numbers().Select(v => (int)v)];
        var biases = File["b0"].Numbers();
        var problem = new LinearProblem(File["X"].Matrix(), y, biases.Length, [.. y.Select(_ => 1.0)]);
        double[] parameters = [.. File["W0"].Matrix().SelectMany(row => row), .. biases];
        var gradient = new double[parameters.Length];
        var state = rule.CreateState<double>(parameters.Length);
        var losses = run["loss"].Numbers();
        for (var t = 0; t < losses.Length - 1; t++)
        {
            Assert.Equal(losses[t], problem.Loss(parameters, gradient), Tolerance);

            var rate = schedule.Rate(state.Steps);
            var weights = problem.Weights;
            rule.Step(parameters.AsSpan(0, weights), gradient.AsSpan(0, weights), state, 0, rate);
            biasRule.Step(parameters.AsSpan(weights), gradient.AsSpan(weights), state, weights, rate);
            state.Steps++;

            double[] expected = [.. run["W"]![t].Matrix().SelectMany(row => row), .. run["b"]![t].Numbers()];
            Assert.All(expected.Zip(parameters), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
        }

        Assert.Equal(losses[^1], problem.Loss(parameters, gradient), Tolerance);
    }

    private static Optimizer Rule(string algorithm, JsonNode hyper) => algorithm switch
    {
        "SGD" => new Sgd
        {
            Momentum = hyper["momentum"]?.Number() ?? 0,
            Dampening = hyper["dampening"]?.Number() ?? 0,
            Nesterov = Flag(hyper["nesterov"]),
            WeightDecay = hyper["weight_decay"]?.Number() ?? 0,
        },
        "Adagrad" => new AdaGrad
        {
            Epsilon = hyper["eps"].Number(),
            InitialAccumulator = hyper["initial_accumulator_value"].Number(),
            WeightDecay = hyper["weight_decay"].Number(),
        },
        "RMSprop" => new RmsProp
        {
            Alpha = hyper["alpha"].Number(),
            Momentum = hyper["momentum"].Number(),
            Centered = Flag(hyper["centered"]),
            Epsilon = hyper["eps"].Number(),
            WeightDecay = hyper["weight_decay"].Number(),
        },
        "Adam" => WithMoments(new Adam { AmsGrad = Flag(hyper["amsgrad"]) }, hyper),
        "AdamW" => WithMoments(new AdamW { AmsGrad = Flag(hyper["amsgrad"]) }, hyper),
        _ => throw new NotSupportedException($"No optimizer for {algorithm}."),
    };

    private static MomentOptimizer WithMoments(MomentOptimizer rule, JsonNode hyper) => rule with
    {
        Beta1 = hyper["betas"]![0].Number(),
        Beta2 = hyper["betas"]![1].Number(),
        Epsilon = hyper["eps"].Number(),
        WeightDecay = hyper["weight_decay"].Number(),
    };

    private static bool Flag(JsonNode? node) => node?.GetValue<bool>() ?? false;

    private static Schedule ScheduleOf(JsonNode hyper)
    {
        var rate = hyper["lr"].Number();
        if (hyper["gamma"] is JsonNode gamma)
            return Schedule.Exponential(rate, gamma.Number());
        return hyper["lr_decay"] is JsonNode decay ? new InverseTime(rate, decay.Number()) : rate;
    }

    /// <summary>AdaGrad's <c>lr_decay</c> in PyTorch, and an example of a schedule of one's own.</summary>
    private sealed record InverseTime(double Initial, double Decay) : Schedule
    {
        protected override double RateAt(long k) => Initial / (1 + (Decay * k));
    }
}

using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>
/// Optimizers against others' results: 20 full-batch steps of each of PyTorch's, in double, and the optimum that an independent solver
/// found.
/// </summary>
public class OptimizerGoldenTests
{
    private const double Tolerance = 1e-10;

    /// <summary>How far above the optimum, as a share of it, the objective may end.</summary>
    private const double OptimumTolerance = 1e-6;

    private static readonly JsonNode File = GoldenFile.Load("torch-optimizers.json");

    private static readonly JsonNode Fits = GoldenFile.Load("sklearn-fits.json");

    private static readonly string[] Problems =
    [
        "iris/standard/softmax/lam0.01/l1r0/unweighted",
        "breast_cancer/standard/binary/lam0.1/l1r0/unweighted",
        "synthetic/none/softmax/lam0/l1r0/unweighted",
        "synthetic/none/softmax/lam0.01/l1r0/sample_weight",
        "synthetic_binary/none/binary/lam0/l1r0/sample_weight",
    ];

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

    public static IEnumerable<object[]> Cases =>
        from name in AllOptimizers.Keys from problem in Problems select new object[] { name, problem };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reaches_the_optimum(string name, string id)
    {
        var fit = Fits["fits"]!.AsArray().Single(f => f!["id"]!.GetValue<string>() == id)!;
        LinearProblem problem = LinearProblem.FromFit(Fits, fit);
        var l2 = fit["l2"].Number();
        var rule = AllOptimizers.Rule(name);
        var schedule = AllOptimizers.ScheduleOf(name);
        var parameters = new double[problem.Parameters];
        var gradient = new double[problem.Parameters];
        var state = rule.CreateState<double>(parameters.Length);
        for (var t = 0; t < AllOptimizers.Steps; t++)
        {
            Objective(parameters);
            rule.Step(parameters, gradient, state, 0, schedule.Rate(state.Steps));
            state.Steps++;
        }

        var optimum = fit["objective"].Number();
        var reached = Objective(parameters);
        Assert.InRange(reached, optimum * (1 - 1e-12), optimum * (1 + OptimumTolerance));

        double Objective(double[] at)
        {
            var value = problem.Loss(at, gradient);
            for (var i = 0; i < problem.Weights; i++)
            {
                value += l2 / 2 * at[i] * at[i];
                gradient[i] += l2 * at[i];
            }

            return value;
        }
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

    private static Adam WithMoments(Adam rule, JsonNode hyper) => rule with
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

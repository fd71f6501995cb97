using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>SGD with an L1 penalty beside the gradient ends at the optimum, and at the sparsity, that an independent solver found.</summary>
public class ProximalConvergenceTests
{
    /// <summary>How far above the optimum, as a share of it, the objective may end.</summary>
    private const double Tolerance = 1e-6;

    private const int Steps = 3_000;

    private const double Rate = 0.5;

    private static readonly JsonNode File = GoldenFile.Load("sklearn-fits.json");

    private static readonly Dictionary<string, Sgd> Rules = new()
    {
        ["sgd"] = new Sgd(),
        ["momentum"] = new Sgd { Momentum = 0.9 },
        ["nesterov"] = new Sgd { Momentum = 0.9, Nesterov = true },
        ["dampened"] = new Sgd { Momentum = 0.8, Dampening = 0.5 },
    };

    /// <summary>Without momentum a problem that no L2 term makes strongly convex would need some 50,000 steps.</summary>
    public static IEnumerable<object[]> Cases =>
        from rule in Rules
        from fit in L1Fits()
        where rule.Value.Momentum > 0 || fit["l2"].Number() > 0
        select new object[] { rule.Key, fit["id"]!.GetValue<string>() };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Proximal_steps_reach_the_optimum(string name, string id)
    {
        var rule = Rules[name];
        var problem = new PenalisedProblem(id);
        var state = rule.CreateState<double>(problem.Parameters.Length);
        for (var t = 0; t < Steps; t++)
        {
            problem.Evaluate();
            problem.Penalty.AddL2Gradient(problem.Weights, problem.Gradient.AsSpan(0, problem.Weights.Length));
            rule.Step(problem.Parameters, problem.Gradient, state, 0, Rate);
            state.Steps++;
            problem.Penalty.ShrinkL1(problem.Weights, rule.LongRunRate(Rate));
        }

        problem.AssertOptimal();
    }

    private static IEnumerable<JsonNode> L1Fits() =>
        File["fits"]!.AsArray().Where(fit => fit!["l1"].Number() > 0).Select(fit => fit!);

    /// <summary>A golden fit with its parameters under way.</summary>
    private sealed class PenalisedProblem
    {
        private readonly JsonNode _fit;
        private readonly LinearProblem _problem;

        public PenalisedProblem(string id)
        {
            _fit = L1Fits().Single(fit => fit["id"]!.GetValue<string>() == id);
            _problem = LinearProblem.FromFit(File, _fit);
            Penalty = new ElasticNet(_fit["l1"].Number(), _fit["l2"].Number());
            Parameters = new double[_problem.Parameters];
            Gradient = new double[_problem.Parameters];
        }

        public ElasticNet Penalty { get; }

        public double[] Parameters { get; }

        public double[] Gradient { get; }

        public Span<double> Weights => Parameters.AsSpan(0, _problem.Weights);

        public double Evaluate() => _problem.Loss(Parameters, Gradient) + Penalty.Value<double>(Weights);

        public void AssertOptimal()
        {
            var optimum = _fit["objective"].Number();
            Assert.InRange(Evaluate(), optimum * (1 - 1e-12), optimum * (1 + Tolerance));
            Assert.Equal(_fit["nonzero_weights"].Number(), Parameters.Take(_problem.Weights).Count(w => w != 0));

            Penalty.AddMinimalSubgradient(Weights, Gradient.AsSpan(0, _problem.Weights));
            Assert.InRange(Math.Sqrt(Gradient.Sum(g => g * g)), 0, 1e-3);
        }
    }
}

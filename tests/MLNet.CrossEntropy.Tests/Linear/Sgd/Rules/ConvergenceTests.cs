using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Each optimizer ends at the optimum that an independent solver found.</summary>
public class ConvergenceTests
{
    /// <summary>How far above the optimum, as a share of it, the objective may end.</summary>
    private const double Tolerance = 1e-6;

    private static readonly JsonNode File = GoldenFile.Load("sklearn-fits.json");

    private static readonly string[] Problems =
    [
        "iris/standard/softmax/lam0.01/l1r0/unweighted",
        "breast_cancer/standard/binary/lam0.1/l1r0/unweighted",
        "synthetic/none/softmax/lam0/l1r0/unweighted",
        "synthetic/none/softmax/lam0.01/l1r0/sample_weight",
        "synthetic_binary/none/binary/lam0/l1r0/sample_weight",
    ];

    public static IEnumerable<object[]> Cases =>
        from name in AllOptimizers.Keys from problem in Problems select new object[] { name, problem };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reaches_the_optimum(string name, string id)
    {
        var fit = File["fits"]!.AsArray().Single(f => f!["id"]!.GetValue<string>() == id)!;
        LinearProblem problem = LinearProblem.FromFit(File, fit);
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
        Assert.InRange(reached, optimum * (1 - 1e-12), optimum * (1 + Tolerance));

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
}

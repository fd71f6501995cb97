using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Fits with their own choice of everything against optima found by Newton's method in double.</summary>
public sealed class GoldenFitTests
{
    private static readonly JsonNode File = GoldenFile.Load("sklearn-fits.json");

    private static readonly string[] Ids = [.. File["fits"]!.AsArray().Select(fit => fit!["id"]!.GetValue<string>())];

    public static TheoryData<string> Fits() => [.. Ids];

    [Theory]
    [MemberData(nameof(Fits))]
    public void Sgd_comes_near_the_optimum_of_every_golden_fit_without_tuning(string id)
    {
        var (result, optimum) = Fit(id, Solver.Sgd, dense: true);
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-5), optimum * 1.01);
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void Saga_reaches_the_strict_optimum_of_every_golden_fit_without_tuning(string id)
    {
        var (result, optimum) = Fit(id, Solver.Saga, dense: true);
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-5), optimum * (1 + 1e-4));
    }

    /// <summary>
    /// All but raw iris: it has no zeros and its features are far from 0, and sparse rows are never centred, so stored as such it
    /// is too badly conditioned for a first-order method.
    /// </summary>
    public static TheoryData<string> SparseFits() => [.. Ids.Where(id => !id.StartsWith("iris/none", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SparseFits))]
    public void Saga_reaches_the_strict_optimum_on_sparse_rows_too(string id)
    {
        var (result, optimum) = Fit(id, Solver.Saga, dense: false);
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-5), optimum * (1 + 1e-4));
    }

    /// <summary>Raw iris included: the second order does not mind bad conditioning. L1 has a kink, which Newton's method refuses.</summary>
    public static TheoryData<string, bool> SmoothFits()
    {
        var data = new TheoryData<string, bool>();
        foreach (var fit in File["fits"]!.AsArray().Where(fit => fit!["l1"].Number() == 0))
        {
            data.Add(fit!["id"]!.GetValue<string>(), true);
            data.Add(fit!["id"]!.GetValue<string>(), false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(SmoothFits))]
    public void Newton_reaches_the_strict_optimum_in_a_few_steps(string id, bool dense)
    {
        var (result, optimum) = Fit(id, Solver.Newton, dense);
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-6), optimum * (1 + 1e-6));
        Assert.Equal(StopReason.Converged, result.StopReason);
        Assert.InRange(result.History.Count, 1, 20);
    }

    private static (FittedLinearModel Result, double Optimum) Fit(string id, Solver solver, bool dense)
    {
        var fit = File["fits"]!.AsArray().Single(candidate => candidate!["id"]!.GetValue<string>() == id)!;
        var problem = RowTable.FromGolden(fit["dataset"]!.GetValue<string>(), fit["scaling"]!.GetValue<string>() == "standard");
        if (fit["weighting"]?.GetValue<string>() != "sample_weight")
            problem = problem with { Weights = null };
        var classWeights = fit["class_weight"]?.Numbers();
        var binary = fit["kind"]!.GetValue<string>() == "binary";
        // A binary loss has no class weights: they are example weights by another name.
        if (binary && classWeights is not null)
            problem = problem with { Weights = [.. problem.Y.Select(label => (float)classWeights[label])] };

        var result = LinearSolver.Fit(dense ? problem.Dense() : problem.Sparse(), null, new FitPlan
        {
            Loss = binary ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(classWeights: classWeights),
            Outputs = binary ? 1 : problem.Classes,
            Solver = solver,
            Epochs = solver == Solver.Saga ? 2_000 : 0,
            Tolerance = 1e-6,
            L1 = fit["l1"].Number(),
            L2 = fit["l2"].Number(),
            Seed = 1,
        });
        return (result, fit["objective"].Number());
    }
}

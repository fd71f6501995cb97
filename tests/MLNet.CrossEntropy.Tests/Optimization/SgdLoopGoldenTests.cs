using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Optimization;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Optimization;

/// <summary>The loop with its own choice of everything against optima found by Newton's method in double.</summary>
public sealed class SgdLoopGoldenTests
{
    private static readonly JsonNode File = GoldenFile.Load("sklearn-fits.json");

    public static TheoryData<string> Fits() => [.. File["fits"]!.AsArray().Select(fit => fit!["id"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Fits))]
    public void ReachesTheOptimumOfEveryGoldenFitWithoutTuning(string id)
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

        var result = SgdLoop.Fit(problem.Dense(), null, new SgdOptions
        {
            Loss = binary ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(classWeights: classWeights),
            Outputs = binary ? 1 : problem.Classes,
            L1 = fit["l1"].Number(),
            L2 = fit["l2"].Number(),
            Seed = 1,
        });

        var optimum = fit["objective"].Number();
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-5), optimum * 1.01);
    }
}

using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>The trainers reach the optima of the golden file: the objective, judged in double by the slow reference.</summary>
public class GoldenFitTests
{
    private static readonly JsonNode Golden = GoldenFile.Load("sklearn-fits.json");

    public static TheoryData<string> Fits => [.. Golden["fits"]!.AsArray().Select(fit => fit!["id"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Fits))]
    public void The_objective_is_that_of_the_optimum(string id)
    {
        var fit = Golden["fits"]!.AsArray().Single(candidate => candidate!["id"]!.GetValue<string>() == id)!;
        LinearProblem problem = LinearProblem.FromFit(Golden, fit);
        double l1 = fit["l1"].Number(), l2 = fit["l2"].Number(), optimum = fit["objective"].Number();
        var ml = new MLContext(seed: 1);

        var fitted = AllTrainers.Create(problem.Outputs == 1 ? "sigmoid" : "softmax", ml, options =>
        {
            options.ExampleWeightColumnName = nameof(Dataset.Example.Weight);
            options.L1Regularization = (float)l1;
            options.L2Regularization = (float)l2;
            options.NumberOfEpochs = 3000;
            if (options is SoftmaxCrossEntropyTrainer.Options softmax)
                softmax.ClassWeights = ClassWeightsOf(fit, problem);
            else
                ((SigmoidCrossEntropyTrainer.Options)options).ClassWeights = ClassWeightsOf(fit, problem);
        }).Fit(View(ml, problem, isWeighted: fit["class_weight"] is null));

        double[] parameters = [.. AllTrainers.Parameters(fitted)];
        var objective = problem.Loss(parameters, new double[parameters.Length])
            + parameters.Take(problem.Weights).Sum(w => l1 * Math.Abs(w) + l2 / 2 * w * w);
        Assert.InRange(objective, optimum * (1 - 1e-6), optimum * (1 + 1e-4));

        var report = TrainingReport.Of(fitted)!;
        Assert.Equal(objective, report.Certificate.Objective, 1e-5 * objective);
        Assert.Equal(l2, report.L2Regularization, 1e-7);
    }

    private static ClassWeights? ClassWeightsOf(JsonNode fit, LinearProblem problem)
    {
        if (fit["class_weight"] is null)
            return null;
        string[] names = problem.Outputs == 1 ? ["False", "True"] : [.. Enumerable.Range(0, problem.Outputs).Select(k => $"{k}")];
        return fit["weighting"]!.GetValue<string>() == "balanced"
            ? ClassWeights.Balanced
            : ClassWeights.ByName(names.Zip(fit["class_weight"].Numbers()).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    private static IDataView View(MLContext ml, LinearProblem problem, bool isWeighted) => new Dataset(
        [.. problem.Rows.Select((row, i) => new Dataset.Example
        {
            Features = [.. row.Select(value => (float)value)],
            ClassIndex = (uint)problem.Labels[i],
            IsSecond = problem.Labels[i] == 1,
            Weight = isWeighted ? (float)problem.RowWeights[i] : 1,
        })],
        new string[problem.Labels.Max() + 1]).View(ml);
}

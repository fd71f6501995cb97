using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class CrossValidationPage() : DocumentationPage("docs/cross-validation.md")
{
    private void CrossValidate()
    {
        var (ml, data, _, _) = Load();
        // begin
        var estimators = new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>>
        {
            ["softmax"] = ml => ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()),
            ["strict"] = ml => ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 1)),
        };
        var result = ml.MulticlassClassification.CrossValidateCrossEntropy(data, estimators, new CrossValidationOptions { Repeats = 2, Seed = 1, StratifyColumnName = "Class" });
        var softmax = result.Model("softmax");
        Console.WriteLine($"{softmax.Metrics.Rows.Used} rows, each forecast without itself: log-loss below 0.2: {softmax.LogLoss < 0.2}");
        Console.WriteLine($"{softmax.Folds.Count} folds, best model: {result.Comparison!.Best}, {result.Comparison.Pairs[0].Verdict}");
        // end
    }

    private void Forecasts()
    {
        var (ml, data, _, _) = Load();
        // begin
        var ten = ml.MulticlassClassification.CrossValidateCrossEntropy(
            data, ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex"), numberOfFolds: 10, labelColumnName: "ClassIndex", seed: 1);
        var scores = ten.Models[0].Forecasts.GetColumn<float[]>("Score").ToArray();
        Console.WriteLine($"{scores.Length} forecasts of {scores[0].Length} classes, in the order of the data");
        // end
    }

    private void Require()
    {
        var (ml, _, train, test) = Load();
        // begin
        var oldModel = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", l2Regularization: 1).Fit(train);
        var newModel = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(newModel.Transform(test), "ClassIndex");
        metrics.Require(m => m.LogLoss < 0.3, m => m.LogLossInterval.Upper < m.LabelEntropy, m => m.Rows.InvalidScore == 0);

        var models = new Dictionary<string, IDataView> { ["old"] = oldModel.Transform(test), ["new"] = newModel.Transform(test) };
        var comparison = ml.MulticlassClassification.CompareCrossEntropy(models, evaluation: new() { LabelColumnName = "ClassIndex" });
        comparison.Require(c => c.DifferenceInterval("new", "old").Upper <= 0.01);
        try
        {
            metrics.Require(m => m.Accuracy >= 0.99);
        }
        catch (RequirementNotMetException exception)
        {
            Console.WriteLine(exception.Message.Split(": ")[0].Replace("\n", " "));
        }
        // end
    }
}

using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class MultiLabelPage() : DocumentationPage("docs/multi-label.md")
{
    private static (MLContext ML, IDataView Photos) Photos()
    {
        // begin
        // 1 is yes, 0 is no, NaN is "nobody has looked": it costs nothing and teaches nothing.
        var ml = new MLContext(seed: 1);
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 90).Select(i => new
        {
            Warmth = (float)(i % 3),
            Light = (float)(i % 2),
            IsSunset = i % 3 == 0 ? 1f : 0f,
            IsIndoors = i % 5 == 0 ? float.NaN : i % 2,
        }));
        var photos = ml.Transforms.Concatenate("Features", "Warmth", "Light")
            .Append(ml.Transforms.Concatenate("Tags", "IsSunset", "IsIndoors")).Fit(rows).Transform(rows);
        // end
        return (ml, photos);
    }

    private void MultiLabel()
    {
        var (ml, photos) = Photos();
        // begin
        var model = ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Tags").Fit(photos);
        var metrics = ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(model.Transform(photos), "Tags");
        Console.WriteLine($"missing answers: {metrics.Labels.Sum(label => label.Rows.MissingLabel)}, wrong answers: {metrics.HammingLoss:0%}");
        // end
    }

    private void CrossValidation()
    {
        var (ml, photos) = Photos();
        // begin
        var result = ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(
            photos, ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Tags"), numberOfFolds: 3, labelColumnName: "Tags", seed: 1);
        Console.WriteLine($"wrong answers on rows not seen: {result.Models[0].Metrics.HammingLoss:0%}, in each of {result.Models[0].Folds.Count} folds at most {result.Models[0].Folds.Max(f => f.HammingLoss):0%}");
        // end
    }
}

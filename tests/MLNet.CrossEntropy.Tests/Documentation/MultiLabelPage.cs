using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class MultiLabelPage() : DocumentationPage("docs/multi-label.md")
{
    private MLContext ml { get; } = new(seed: 1);

    private IDataView data => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 90).Select(
        i => new Photo { Features = [i % 3, i % 2], Tags = [i % 3 == 0 ? 1 : 0, i % 5 == 0 ? float.NaN : i % 2] }));

    private void MultiLabel()
    {
        // begin
        // Tags is a vector of 0, 1 and, where nobody has looked, NaN: an answer that costs nothing and teaches nothing.
        var model = ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Tags").Fit(data);
        var metrics = ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(model.Transform(data), "Tags");
        Console.WriteLine($"missing answers: {metrics.Labels.Sum(label => label.Rows.MissingLabel)}, wrong answers: {metrics.HammingLoss:0%}");
        // end
    }

    private void CrossValidation()
    {
        // begin
        var result = ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(
            data, ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Tags"), numberOfFolds: 3, labelColumnName: "Tags", seed: 1);
        Console.WriteLine($"wrong answers on rows not seen: {result.Models[0].Metrics.HammingLoss:0%}, in each of {result.Models[0].Folds.Count} folds at most {result.Models[0].Folds.Max(f => f.HammingLoss):0%}");
        // end
    }

    private sealed class Photo
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public float[] Tags { get; set; } = [];
    }
}

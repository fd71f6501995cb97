using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class RecipesPage() : DocumentationPage("docs/recipes.md")
{
    private void NamedVotes()
    {
        MLContext ml = new(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Picture { Features = [i % 2], Cat = 6 - i % 2 * 4, Dog = 4 + i % 2 * 4 }));
        // begin
        var pipeline = ml.Transforms.Concatenate("Votes", "Cat", "Dog")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                LabelColumnName = "Votes",
                LabelKind = LabelKind.Counts,
            }));
        var scored = pipeline.Fit(data).Transform(data);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, "Votes");
        Console.WriteLine(string.Join(", ", metrics.Classes.Select(c => $"{c.Name}: support {c.Support:0.0}")));
        Console.WriteLine($"accuracy {metrics.Accuracy:0.00}");
        // end
    }

    private void PositiveKey()
    {
        MLContext ml = new(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Answer { Features = [i % 2], Text = i % 4 == 0 ? "no" : "yes" }));
        // begin
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Text", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy());
        var scored = pipeline.Fit(data).Transform(data);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(scored);
        Console.WriteLine($"negative: {metrics.Classes[0].Name}, positive: {metrics.Classes[1].Name}");
        // end
    }

    private void ValidationInAPipeline()
    {
        var (ml, _, train, test) = Load();
        // begin
        var preparation = ml.Transforms.NormalizeMeanVariance("Features").Fit(train);
        var trainer = ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsVirginica");
        var model = trainer.Fit(preparation.Transform(train), preparation.Transform(test));
        var whole = preparation.Append(model);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(whole.Transform(test), "IsVirginica");
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} on the rows that the fit stopped by");
        // end
    }

    private void NullBooleans()
    {
        MLContext ml = new(seed: 1);
        // begin
        var answers = new BooleanDataFrameColumn("Answer", [true, null, false, true]);
        var frame = new DataFrame(answers);
        Console.WriteLine(string.Join(" ", ((IDataView)frame).GetColumn<bool>("Answer")));
        frame = frame[frame["Answer"].ElementwiseIsNotNull()];
        Console.WriteLine(string.Join(" ", ((IDataView)frame).GetColumn<bool>("Answer")));
        // end
    }

    private void RawScores()
    {
        MLContext ml = new(seed: 1);
        var scored = ml.Data.LoadFromEnumerable(new[] { new Raw { Label = "a", Score = [2, 0] }, new Raw { Label = "b", Score = [0, 1] } });
        // begin
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, new MulticlassEvaluationOptions
        {
            ClassNames = ["a", "b"],
            ScoresAreLogits = true,
        });
        Console.WriteLine($"log-loss {metrics.LogLoss:0.000}: {metrics.ScoresUsed}");
        // end
    }

    private void Folds()
    {
        var (ml, data, _, _) = Load();
        // begin
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<MulticlassClassificationMetrics>> Validate(IEstimator<ITransformer> trainer) =>
            ml.MulticlassClassification.CrossValidate(data, trainer, labelColumnName: "ClassIndex", seed: 1);
        var comparison = ml.MulticlassClassification.CompareCrossValidation(
            new Dictionary<string, IReadOnlyList<TrainCatalogBase.CrossValidationResult<MulticlassClassificationMetrics>>>
            {
                ["softmax"] = Validate(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex")),
                ["strict"] = Validate(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", l2Regularization: 1)),
            },
            evaluation: new() { LabelColumnName = "ClassIndex" });
        Console.WriteLine($"{comparison.Best} is best: {comparison.Pairs[0].Verdict}");
        // end
    }

    private sealed class Picture
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        public float Cat { get; set; }

        public float Dog { get; set; }
    }

    private sealed class Answer
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        public string Text { get; set; } = "";
    }

    private sealed class Raw
    {
        public string Label { get; set; } = "";

        [VectorType(2)]
        public float[] Score { get; set; } = [];
    }
}

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
        // begin
        // Ten dark pictures that six of ten people call a cat, ten light ones that two of ten do.
        var pictures = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? new { Light = 0f, Cat = 6f, Dog = 4f } : new { Light = 1f, Cat = 2f, Dog = 8f }));
        var voting = ml.Transforms.Concatenate("Features", "Light")
            .Append(ml.Transforms.Concatenate("Votes", "Cat", "Dog"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                LabelColumnName = "Votes",
                LabelKind = LabelKind.Counts,
            }));
        var byVotes = ml.MulticlassClassification.EvaluateCrossEntropy(voting.Fit(pictures).Transform(pictures), "Votes");
        Console.WriteLine(string.Join(", ", byVotes.Classes.Select(c => $"{c.Name}: in {c.Support} rows, {c.WeightedSupport:0.0} in all")));
        Console.WriteLine($"accuracy {byVotes.Accuracy:0.00}");
        // end
    }

    private void PositiveKey()
    {
        MLContext ml = new(seed: 1);
        // begin
        var replies = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new { Age = (float)(i % 2), Text = i % 4 == 0 ? "yes" : "no" }));
        var sorted = ml.Transforms.Concatenate("Features", "Age")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Text", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue))
            .Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy());
        var binary = ml.BinaryClassification.EvaluateCrossEntropy(sorted.Fit(replies).Transform(replies));
        Console.WriteLine($"negative: {binary.Classes[0].Name}, positive: {binary.Classes[1].Name}");
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
        // begin
        // What such a model answers: a column Score of two numbers a row.
        var answered = new[] { new { Label = "a", Score = new[] { 2f, 0 } }, new { Label = "b", Score = new[] { 0f, 1 } } };
        var schema = SchemaDefinition.Create(answered[0].GetType());
        schema["Score"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        var scored = ml.Data.LoadFromEnumerable(answered, schema);
        var raw = ml.MulticlassClassification.EvaluateCrossEntropy(scored, new MulticlassEvaluationOptions
        {
            ClassNames = ["a", "b"],
            ScoresAreLogits = true,
        });
        Console.WriteLine($"log-loss {raw.LogLoss:0.000}: {raw.ScoresUsed}");
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
}

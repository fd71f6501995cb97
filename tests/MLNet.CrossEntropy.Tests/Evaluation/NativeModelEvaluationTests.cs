using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Models of ML.NET itself, scored and evaluated as users do it, against ML.NET's figures where those are right.</summary>
public sealed class NativeModelEvaluationTests
{
    private static readonly string[] Names = ["cat", "dog", "fox"];
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_multiclass_model_on_data_whose_labels_come_in_another_order()
    {
        var train = _ml.Data.LoadFromEnumerable(Draw(300, seed: 1));
        var testRows = Draw(200, seed: 2);
        var test = _ml.Data.LoadFromEnumerable(testRows);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label", "Animal")
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Fit(train);

        var scored = model.Transform(test);
        var ours = _ml.MulticlassClassification.EvaluateCrossEntropy(scored);
        var theirs = _ml.MulticlassClassification.Evaluate(scored);
        Assert.Equal(theirs.LogLoss, ours.LogLoss, 1e-9);
        Assert.Equal(theirs.MicroAccuracy, ours.Accuracy, 1e-12);
        Assert.Equal(theirs.MacroAccuracy, ours.ConfusionMatrix!.BalancedAccuracy, 1e-12);
        Assert.Equal(theirs.LogLossReduction, ours.LogLossReduction, 1e-9);
        Assert.Equal(theirs.PerClassLogLoss, ours.Classes.Select(c => c.LogLoss), (x, y) => Math.Abs(x - y) < 1e-9);
        Assert.Equal(Names.Order(), ours.Classes.Select(c => c.Name).Order());

        // Text labels instead of keys, and keys numbered afresh from reversed data: same classes, same figures.
        var byText = _ml.MulticlassClassification.EvaluateCrossEntropy(scored, labelColumnName: "Animal");
        Assert.Equal(ours.LogLoss, byText.LogLoss);
        var renumbered =
            _ml.Transforms.Conversion.MapValueToKey(
            "Label", "Animal", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(scored).Transform(scored);
        Assert.Equal(ours.LogLoss, _ml.MulticlassClassification.EvaluateCrossEntropy(renumbered).LogLoss);
    }

    [Fact]
    public void A_binary_model_is_judged_by_its_logits()
    {
        var train = _ml.Data.LoadFromEnumerable(Draw(300, seed: 1));
        var scored = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsCat")
            .Fit(train).Transform(_ml.Data.LoadFromEnumerable(Draw(200, seed: 2)));

        var ours = _ml.BinaryClassification.EvaluateCrossEntropy(scored, "IsCat");
        var theirs = _ml.BinaryClassification.Evaluate(scored, "IsCat");
        Assert.Equal("column 'Score' as logit (column 'Probability' is its sigmoid in every row)", ours.ScoresUsed);
        Assert.Equal(theirs.LogLoss, ours.LogLossBits, 1e-6);
        Assert.Equal(theirs.Entropy, ours.LabelEntropyBits, 1e-12);
        Assert.Equal(theirs.Accuracy, ours.Accuracy, 1e-12);
        Assert.Equal(theirs.AreaUnderRocCurve, ours.RocAuc, 1e-9);
        Assert.Equal(theirs.PositivePrecision, ours.Classes[1].PrecisionRecall.Precision, 1e-12);
        Assert.Equal(theirs.NegativeRecall, ours.Classes[0].PrecisionRecall.Recall, 1e-12);
        Assert.Equal(theirs.F1Score, ours.Classes[1].PrecisionRecall.F1, 1e-12);
    }

    private static Row[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var animal = random.Next(3);
            return new Row
            {
                Animal = Names[animal],
                IsCat = animal == 0,
                Features = [(float)(animal + random.NextDouble() * 2), (float)(random.NextDouble() - animal)],
            };
        })];
    }

    private sealed class Row
    {
        public string Animal { get; set; } = "";

        public bool IsCat { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}

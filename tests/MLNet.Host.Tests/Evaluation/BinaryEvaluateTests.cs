using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Evaluation;

/// <summary>Section c_evaluate_binary of the golden file: ML.NET's binary metrics on hand-made tables, flaws and all.</summary>
public class BinaryEvaluateTests
{
    private const double Tolerance = 1e-12;

    private static readonly JsonElement[] Section = [.. GoldenFile.Section("c_evaluate_binary").EnumerateArray()];

    public static TheoryData<string> Cases => new(Section.Select(run => run.GetProperty("name").GetString()!));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Metrics_are_those_of_MLNet(string name)
    {
        var golden = Section.Single(run => run.GetProperty("name").GetString() == name);
        var ml = new MLContext(seed: 1);
        var table = Table(ml, golden);
        if (Throws(golden, "", () => ml.BinaryClassification.Evaluate(table)))
            return;
        MetricsChecks.Check(golden.GetProperty("metrics"), ml.BinaryClassification.Evaluate(table), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Metrics_without_probabilities_are_those_of_MLNet(string name)
    {
        var golden = Section.Single(run => run.GetProperty("name").GetString() == name);
        var ml = new MLContext(seed: 1);
        var table = Table(ml, golden);
        if (Throws(golden, "non_calibrated_", () => ml.BinaryClassification.EvaluateNonCalibrated(table)))
            return;
        MetricsChecks.CheckNonCalibrated(golden.GetProperty("non_calibrated_metrics"), ml.BinaryClassification.EvaluateNonCalibrated(table), Tolerance);
    }

    [Fact]
    public void The_confusion_table_starts_with_the_share_of_positives()
    {
        var ml = new MLContext(seed: 1);
        var matrix = ml.BinaryClassification.Evaluate(Table(ml, Section[0])).ConfusionMatrix;
        Assert.Equal(
            "TEST POSITIVE RATIO:\t0.6667 (6.0/(6.0+3.0))\nConfusion table\n"
            + "          ||======================\n"
            + "PREDICTED || positive | negative | Recall\n"
            + "TRUTH     ||======================\n"
            + " positive ||        2 |        4 | 0.3333\n"
            + " negative ||        0 |        3 | 1.0000\n"
            + "          ||======================\n"
            + "Precision ||   1.0000 |   0.4286 |\n",
            matrix.GetFormattedConfusionTable().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Cross_validation_scores_every_row_once()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var pipeline = ml.Transforms.NormalizeMinMax("Features").Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression());
        var calibrated = ml.BinaryClassification.CrossValidate(data, pipeline, numberOfFolds: 2, seed: 3);
        var nonCalibrated = ml.BinaryClassification.CrossValidateNonCalibrated(data, pipeline, numberOfFolds: 2, seed: 3);
        Assert.Equal(569, calibrated.Sum(fold => fold.ScoredHoldOutSet.GetColumn<float>("Probability").Count()));
        Assert.Equal(calibrated.Select(fold => fold.Metrics.AreaUnderRocCurve), nonCalibrated.Select(fold => fold.Metrics.AreaUnderRocCurve));
        Assert.All(calibrated, fold => Assert.InRange(fold.Metrics.LogLoss, 0.1, 0.6));
    }

    private static bool Throws(JsonElement golden, string prefix, Func<object> evaluate)
    {
        if (!golden.TryGetProperty($"{prefix}exception", out var exception))
            return false;
        var thrown = Assert.ThrowsAny<Exception>(evaluate);
        Assert.Equal((exception.GetString(), golden.GetProperty($"{prefix}message").GetString()), (thrown.GetType().Name, thrown.Message));
        return true;
    }

    private static IDataView Table(MLContext ml, JsonElement golden)
    {
        var labels = golden.GetProperty("label").Integers();
        float[] scores = golden.GetProperty("score").Singles(), probabilities = golden.GetProperty("probability").Singles();
        return ml.Data.LoadFromEnumerable(labels.Select((label, i) => new Row
        {
            Label = label == 1,
            Score = scores[i],
            Probability = probabilities[i],
            PredictedLabel = scores[i] > 0,
        }));
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }
}

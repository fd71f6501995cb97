using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Every figure against scikit-learn.</summary>
public sealed class GoldenMetricsTests
{
    private const double Tolerance = 1e-9;
    private static readonly JsonNode Golden = GoldenFile.Load("sklearn-metrics.json");
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, string> MulticlassCases => new()
    {
        { "multiclass", "plain" }, { "multiclass", "weighted" }, { "multiclass_absent", "plain" }, { "multiclass_absent", "weighted" },
    };

    [Theory]
    [MemberData(nameof(MulticlassCases))]
    public void Multiclass(string data, string weighting)
    {
        var expected = Golden[data]![weighting]!;
        var actual = EvaluateMulticlass(data, weighting);

        Assert.Equal(expected["log_loss"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(expected["log_loss_bits"].Number(), actual.LogLossBits, Tolerance);
        Assert.Equal(expected["log_loss_sum"].Number(), actual.LogLoss * actual.WeightSum, Tolerance);
        Assert.Equal(expected["log_loss"].Number(), actual.ClippedLogLoss, Tolerance);
        Assert.Equal(expected["prior_entropy"].Number(), actual.LabelEntropy, Tolerance);
        Assert.Equal(expected["log_loss_reduction"].Number(), actual.LogLossReduction, Tolerance);
        Assert.Equal(expected["perplexity"].Number(), actual.Perplexity, Tolerance);
        Assert.Equal(expected["accuracy"].Number(), actual.Accuracy, Tolerance);
        AssertEqual(expected["support"].Numbers(), actual.Classes.Select(c => c.WeightedSupport));
        AssertEqual(expected["per_class_log_loss"].Numbers(), actual.Classes.Select(c => c.LogLoss));
        Assert.Equal(expected["brier_multiclass"].Number(), actual.BrierScore, Tolerance);
        for (var k = 1; k <= 3; k++)
            Assert.Equal(expected["top_k"]![$"{k}"].Number(), actual.TopKAccuracy(k).Accuracy, Tolerance);
    }

    [Theory]
    [MemberData(nameof(MulticlassCases))]
    public void Confusion(string data, string weighting)
    {
        var expected = Golden[data]![weighting]!;
        var actual = EvaluateMulticlass(data, weighting);
        var confusion = actual.ConfusionMatrix!;

        var matrix = expected["confusion_matrix"].Matrix();
        for (var i = 0; i < matrix.Length; i++)
            AssertEqual(matrix[i], Enumerable.Range(0, matrix.Length).Select(j => confusion.Weight(i, j)));
        Assert.Equal(expected["balanced_accuracy"].Number(), confusion.BalancedAccuracy, Tolerance);
        Assert.Equal(expected["mcc"].Number(), confusion.MatthewsCorrelation, Tolerance);
        Assert.Equal(expected["cohen_kappa"].Number(), confusion.CohenKappa, Tolerance);
        AssertAverage("macro", confusion.Macro);
        AssertAverage("micro", confusion.Micro);
        AssertAverage("weighted", confusion.Weighted);
        AssertEqual(expected["per_class_precision"].Numbers(), actual.Classes.Select(c => c.PrecisionRecall.Precision));
        AssertEqual(expected["per_class_f1"].Numbers(), actual.Classes.Select(c => c.PrecisionRecall.F1));
        // scikit-learn's recall of a class that does not occur is 0, ours NaN.
        AssertEqual(expected["per_class_recall"].Numbers(), actual.Classes.Select(c => c.Support == 0 ? 0 : c.PrecisionRecall.Recall));

        void AssertAverage(string name, PrecisionRecall average)
        {
            Assert.Equal(expected[$"precision_{name}"].Number(), average.Precision, Tolerance);
            Assert.Equal(expected[$"recall_{name}"].Number(), average.Recall, Tolerance);
            Assert.Equal(expected[$"f1_{name}"].Number(), average.F1, Tolerance);
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("weighted")]
    public void Ranking(string weighting)
    {
        var expected = Golden["multiclass"]![weighting]!;
        var actual = EvaluateMulticlass("multiclass", weighting);
        AssertEqual(expected["roc_auc_per_class"].Numbers(), actual.Classes.Select(c => c.RocAuc));
        AssertEqual(expected["average_precision_per_class"].Numbers(), actual.Classes.Select(c => c.AveragePrecision));
        Assert.Equal(expected["roc_auc_ovr_macro"].Number(), actual.MacroRocAuc, Tolerance);
        Assert.Equal(expected["average_precision_macro"].Number(), actual.MacroAveragePrecision, Tolerance);
    }

    [Fact]
    public void Top_k_ties()
    {
        var golden = Golden["top_k_ties"]!;
        var actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix()));
        for (var k = 1; k <= 3; k++)
        {
            Assert.Equal(golden["lower_first"]![$"{k}"].Number(), actual.TopKAccuracy(k).Accuracy, Tolerance);
            Assert.Equal(golden["optimistic"]![$"{k}"].Number(), actual.TopKAccuracy(k).Optimistic, Tolerance);
            Assert.True(actual.TopKAccuracy(k).Pessimistic <= golden["sklearn"]![$"{k}"].Number());
        }
        Assert.Equal(new TopKAccuracy(7, 1, 1, 1), actual.TopKAccuracy(7));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Top_label_calibration(int index)
    {
        JsonNode golden = Golden["ece"]!, expected = golden["results"]![index]!;
        var actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix()),
            new MulticlassEvaluationOptions { ReliabilityBins = expected["bins"]!.GetValue<int>() }).Reliability;

        Assert.Equal(expected["ece"].Number(), actual.ExpectedCalibrationError, Tolerance);
        Assert.Equal(expected["mce"].Number(), actual.MaximumCalibrationError, Tolerance);
        AssertEqual(expected["count"].Numbers(), actual.Bins.Select(b => b.Weight));
        AssertEqual(expected["accuracy"].Numbers(), actual.Bins.Select(b => b.Frequency));
        AssertEqual(expected["confidence"].Numbers(), actual.Bins.Select(b => b.Confidence));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Positive_calibration(int index)
    {
        var expected = Golden["ece"]!["binary_positive"]![index]!;
        var actual = EvaluateCalibrationCurve(expected["bins"]!.GetValue<int>()).Reliability!;
        Assert.Equal(expected["ece"].Number(), actual.ExpectedCalibrationError, Tolerance);
        Assert.Equal(expected["mce"].Number(), actual.MaximumCalibrationError, Tolerance);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("quantile")]
    public void Calibration_curve(string strategy)
    {
        var expected = Golden["calibration_curve"]![strategy]!;
        var metrics = EvaluateCalibrationCurve(10);
        ReliabilityBin[] bins =
            [.. (strategy == "uniform" ? metrics.Reliability : metrics.EqualMassReliability)!.Bins.Where(b => b.Weight > 0)];
        AssertEqual(expected["count"].Numbers(), bins.Select(b => b.Weight));
        AssertEqual(expected["prob_true"].Numbers(), bins.Select(b => b.Frequency));
        AssertEqual(expected["prob_pred"].Numbers(), bins.Select(b => b.Confidence));
    }

    private BinaryCrossEntropyMetrics EvaluateCalibrationCurve(int bins)
    {
        var golden = Golden["calibration_curve"]!;
        return _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary(golden["y"].Numbers(), golden["p"].Numbers()),
            new BinaryEvaluationOptions { ScoreColumnName = null, ReliabilityBins = bins });
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("weighted")]
    public void Binary(string weighting)
    {
        JsonNode golden = Golden["binary"]!, expected = golden[weighting]!;
        IDataView data = ScoredData.Binary(golden["y"].Numbers(), golden["p"].Numbers(), weights: golden["weight"].Numbers());
        var actual = _ml.BinaryClassification.EvaluateCrossEntropy(
            data, scoreColumnName: null, exampleWeightColumnName: weighting == "weighted" ? "Weight" : null);

        Assert.Equal(expected["log_loss"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(expected["log_loss_bits"].Number(), actual.LogLossBits, Tolerance);
        Assert.Equal(expected["prior_entropy"].Number(), actual.LabelEntropy, Tolerance);
        Assert.Equal(expected["prior_entropy_bits"].Number(), actual.LabelEntropyBits, Tolerance);
        Assert.Equal(expected["log_loss_reduction"].Number(), actual.LogLossReduction, Tolerance);
        Assert.Equal(expected["accuracy"].Number(), actual.Accuracy, Tolerance);
        Assert.Equal(expected["brier_score_loss"].Number(), actual.BrierScore, Tolerance);
        Assert.Equal(expected["roc_auc"].Number(), actual.RocAuc, Tolerance);
        Assert.Equal(expected["average_precision"].Number(), actual.AveragePrecision, Tolerance);
        Assert.Equal(expected["mcc"].Number(), actual.ConfusionMatrix!.MatthewsCorrelation, Tolerance);
        Assert.Equal(expected["cohen_kappa"].Number(), actual.ConfusionMatrix.CohenKappa, Tolerance);
        Assert.Equal(expected["balanced_accuracy"].Number(), actual.ConfusionMatrix.BalancedAccuracy, Tolerance);
        foreach ((var name, var k) in (ReadOnlySpan<(string, int)>)[("negative", 0), ("positive", 1)])
        {
            Assert.Equal(expected[$"{name}_precision"].Number(), actual.Classes[k].PrecisionRecall.Precision, Tolerance);
            Assert.Equal(expected[$"{name}_recall"].Number(), actual.Classes[k].PrecisionRecall.Recall, Tolerance);
            Assert.Equal(expected[$"{name}_f1"].Number(), actual.Classes[k].PrecisionRecall.F1, Tolerance);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Clipping(int index)
    {
        var golden = Golden["log_loss_clipping"]![index]!;
        double[] own = [.. golden["y"].Numbers().Zip(golden["proba"].Matrix(), (y, q) => q[(int)y])];
        var actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix()));

        // A column of floats says no less than that a 0 is below the smallest of them.
        Assert.Equal(own.Count(q => (float)q == 0), actual.Rows.RoundedToZero);
        var unclipped = actual.Rows.RoundedToZero == 0 ? golden["unclipped"].Number()
            : own.Average(q => -Math.Log(Math.Max(q, float.Epsilon)));
        Assert.Equal(unclipped, actual.LogLoss, Tolerance);
        Assert.Equal(golden["eps_1e15"].Number(), actual.ClippedLogLoss, Tolerance);
    }

    [Theory]
    [InlineData("temperature", 0)]
    [InlineData("temperature", 1)]
    public void Logits(string data, int index)
    {
        var golden = Golden[data]![index]!;
        var actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["logits"].Matrix()));

        Assert.Contains("logits", actual.ScoresUsed, StringComparison.Ordinal);
        Assert.Equal(golden["nll_before"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(0, actual.Rows.Clipped);
    }

    private MulticlassCrossEntropyMetrics EvaluateMulticlass(string data, string weighting)
    {
        var golden = Golden[data]!;
        return _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix(), golden["weight"].Numbers()),
            exampleWeightColumnName: weighting == "weighted" ? "Weight" : null);
    }

    private static void AssertEqual(double[] expected, IEnumerable<double> actual)
    {
        double[] values = [.. actual];
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], values[i], Tolerance);
    }
}

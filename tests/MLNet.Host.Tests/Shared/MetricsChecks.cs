using System.Text.Json;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests.Shared;

/// <summary>Metrics against recorded ones, every member.</summary>
internal static class MetricsChecks
{
    public static void Check(JsonElement golden, MulticlassClassificationMetrics metrics, double tolerance)
    {
        CheckNumbers(golden, tolerance, new()
        {
            ["LogLoss"] = metrics.LogLoss,
            ["LogLossReduction"] = metrics.LogLossReduction,
            ["MacroAccuracy"] = metrics.MacroAccuracy,
            ["MicroAccuracy"] = metrics.MicroAccuracy,
            ["TopKAccuracy"] = metrics.TopKAccuracy,
            ["TopKPredictionCount"] = metrics.TopKPredictionCount,
        });
        var topK = golden.GetProperty("TopKAccuracyForAllK");
        if (topK.ValueKind == JsonValueKind.Null)
            Assert.Null(metrics.TopKAccuracyForAllK);
        else
            Near.Equal(topK.Numbers(), metrics.TopKAccuracyForAllK, tolerance, "TopKAccuracyForAllK");
        Near.Equal(golden.GetProperty("PerClassLogLoss").Numbers(), metrics.PerClassLogLoss, tolerance, "PerClassLogLoss");
        Check(golden.GetProperty("ConfusionMatrix"), metrics.ConfusionMatrix, tolerance);
    }

    public static void Check(JsonElement golden, CalibratedBinaryClassificationMetrics metrics, double tolerance)
    {
        CheckNumbers(golden, tolerance, new()
        {
            ["LogLoss"] = metrics.LogLoss,
            ["LogLossReduction"] = metrics.LogLossReduction,
            ["Entropy"] = metrics.Entropy,
        });
        CheckNonCalibrated(golden, metrics, tolerance);
    }

    public static void CheckNonCalibrated(JsonElement golden, BinaryClassificationMetrics metrics, double tolerance)
    {
        CheckNumbers(golden, tolerance, new()
        {
            ["Accuracy"] = metrics.Accuracy,
            ["AreaUnderRocCurve"] = metrics.AreaUnderRocCurve,
            ["AreaUnderPrecisionRecallCurve"] = metrics.AreaUnderPrecisionRecallCurve,
            ["F1Score"] = metrics.F1Score,
            ["PositivePrecision"] = metrics.PositivePrecision,
            ["PositiveRecall"] = metrics.PositiveRecall,
            ["NegativePrecision"] = metrics.NegativePrecision,
            ["NegativeRecall"] = metrics.NegativeRecall,
        });
        Check(golden.GetProperty("ConfusionMatrix"), metrics.ConfusionMatrix, tolerance);
    }

    private static void Check(JsonElement golden, ConfusionMatrix matrix, double tolerance)
    {
        Assert.Equal(golden.GetProperty("NumberOfClasses").GetInt32(), matrix.NumberOfClasses);
        Assert.Equal(golden.GetProperty("Counts").EnumerateArray().Select(row => row.Numbers()), matrix.Counts);
        Near.Equal(golden.GetProperty("PerClassPrecision").Numbers(), matrix.PerClassPrecision, tolerance, "PerClassPrecision");
        Near.Equal(golden.GetProperty("PerClassRecall").Numbers(), matrix.PerClassRecall, tolerance, "PerClassRecall");
        Assert.Equal(golden.GetProperty("GetCountForClassPair_0_1").Number(), matrix.GetCountForClassPair(0, 1));
    }

    private static void CheckNumbers(JsonElement golden, double tolerance, Dictionary<string, double> actual)
    {
        foreach ((var name, var value) in actual)
            Near.Equal(golden.GetProperty(name).Number(), value, tolerance, name);
    }
}

using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>What JSON says is what the metrics say, to the last bit, under names that stay.</summary>
public sealed class MetricsJsonTests
{
    /// <summary>The names at the top, in order: a change here breaks whoever reads the files.</summary>
    [Theory]
    [InlineData("multiclass", "scoresUsed rows logLoss logLossBits probabilityFloor clippedLogLoss clippedLogLossBits clippedLossShare logLossStandardError logLossInterval segments warnings weightSum effectiveRows irreducibleLogLoss kullbackLeibler perplexity accuracy labelEntropy labelEntropyBits referenceName referenceLogLoss logLossReduction confusionMatrix hasExactDistributions classes rowsByLoss rowsByProbability worstRows brierScore brierDecomposition logLossDecomposition topKAccuracies reliability equalMassReliability classwiseCalibrationError macroRocAuc macroAveragePrecision")]
    [InlineData("binary", "scoresUsed rows logLoss logLossBits probabilityFloor clippedLogLoss clippedLogLossBits clippedLossShare logLossStandardError logLossInterval segments warnings weightSum effectiveRows irreducibleLogLoss kullbackLeibler perplexity accuracy labelEntropy labelEntropyBits referenceName referenceLogLoss logLossReduction confusionMatrix hasExactDistributions classes rowsByLoss rowsByProbability worstRows brierScore brierDecomposition logLossDecomposition rocAuc averagePrecision reliability equalMassReliability")]
    [InlineData("multi-label", "scoresUsed rows logLoss logLossBits probabilityFloor clippedLogLoss clippedLogLossBits clippedLossShare logLossStandardError logLossInterval segments warnings hammingLoss subsetAccuracy micro macro labelNames labels")]
    public void Names_are_stable(string task, string names) =>
        Assert.Equal(names.Split(' '), JsonNode.Parse(JsonOf(task))!.AsObject().Select(p => p.Key));

    [Fact]
    public void Multiclass_numbers_are_the_same_bits()
    {
        var metrics = Evaluated.Multiclass();
        var json = JsonNode.Parse(metrics.ToJson())!;

        AssertSame(metrics.LogLoss, json["logLoss"]);
        AssertSame(metrics.LogLossInterval.Upper, json["logLossInterval"]!["upper"]);
        AssertSame(metrics.BrierDecomposition!.Value.Miscalibration, json["brierDecomposition"]!["miscalibration"]);
        AssertSame(metrics.TopKAccuracy(2).Accuracy, json["topKAccuracies"]![1]!["accuracy"]);
        Assert.Equal(metrics.Rows.Used, json["rows"]!["used"]!.GetValue<long>());
        Assert.Equal(metrics.Classes.Count, json["classes"]!.AsArray().Count);
        for (var k = 0; k < metrics.Classes.Count; k++)
        {
            Assert.Equal(metrics.Classes[k].Name, json["classes"]![k]!["name"]!.GetValue<string>());
            AssertSame(metrics.Classes[k].LogLoss, json["classes"]![k]!["logLoss"]);
            AssertSame(metrics.Classes[k].PrecisionRecall.F1, json["classes"]![k]!["precisionRecall"]!["f1"]);
            for (var j = 0; j < metrics.Classes.Count; j++)
            {
                Assert.Equal(metrics.ConfusionMatrix!.Rows(k, j), json["confusionMatrix"]!["rows"]![k]![j]!.GetValue<long>());
                AssertSame(metrics.ConfusionMatrix.Weight(k, j), json["confusionMatrix"]!["weights"]![k]![j]);
            }
        }
        Assert.Equal(metrics.ConfusionMatrix!.Names, json["confusionMatrix"]!["names"]!.AsArray().Select(n => n!.GetValue<string>()));
        foreach ((var bin, var node) in metrics.Reliability.Bins.Zip(json["reliability"]!["bins"]!.AsArray()))
        {
            AssertSame(bin.Frequency, node!["frequency"]);
            AssertSame(bin.ChanceDeviation, node["chanceDeviation"]);
        }
        foreach ((var row, var node) in metrics.WorstRows.Zip(json["worstRows"]!.AsArray()))
        {
            Assert.Equal(row.Row, node!["row"]!.GetValue<long>());
            AssertSame(row.Loss, node["loss"]);
        }
    }

    [Fact]
    public void Comparisons_are_the_same_bits()
    {
        var comparison = Reports.Comparison();
        var pair = JsonNode.Parse(comparison.ToJson())!["pairs"]![0]!;
        AssertSame(comparison.Pairs[0].PValue, pair["pValue"]);
        AssertSame(comparison.Pairs[0].Interval.Lower, pair["interval"]!["lower"]);
        AssertSame(comparison.Pairs[0].RowsForFirst[0].Contribution, pair["rowsForFirst"]![0]!["contribution"]);
        Assert.Equal("firstBetter", pair["verdict"]!.GetValue<string>());
        Assert.Equal(comparison.Pairs[0].Sentence, pair["sentence"]!.GetValue<string>());

        var folds = Reports.Folds();
        AssertSame(folds.Pairs[0].PValue, JsonNode.Parse(folds.ToJson())!["pairs"]![0]!["pValue"]);
    }

    [Fact]
    public void What_is_not_finite_is_named()
    {
        var json = JsonNode.Parse(Evaluated.Degenerate().ToJson())!;
        Assert.Equal("Infinity", json["logLoss"]!.GetValue<string>());
        Assert.Equal("-Infinity", json["logLossReduction"]!.GetValue<string>());
        Assert.Equal("NaN", json["classes"]![2]!["logLoss"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("multiclass")]
    [InlineData("binary")]
    [InlineData("multi-label")]
    public void A_culture_changes_nothing(string task) =>
        Evaluated.AssertSameInAnyCulture(() => JsonOf(task));

    [Fact]
    public void Indented_is_the_same_value() =>
        Assert.True(
            JsonNode.DeepEquals(
            JsonNode.Parse(Evaluated.Multiclass().ToJson()), JsonNode.Parse(Evaluated.Multiclass().ToJson(indented: true))));

    private static string JsonOf(string task) => task switch
    {
        "multiclass" => Evaluated.Multiclass().ToJson(),
        "binary" => Evaluated.Binary().ToJson(),
        _ => Evaluated.MultiLabel().ToJson(),
    };

    private static void AssertSame(double expected, JsonNode? actual) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(actual.Number()));
}

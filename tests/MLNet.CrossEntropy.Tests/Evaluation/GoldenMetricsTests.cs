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
        JsonNode expected = Golden[data]![weighting]!;
        MulticlassCrossEntropyMetrics actual = EvaluateMulticlass(data, weighting);

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
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("weighted")]
    public void Binary(string weighting)
    {
        JsonNode golden = Golden["binary"]!, expected = golden[weighting]!;
        IDataView data = ScoredData.Binary(golden["y"].Numbers(), golden["p"].Numbers(), weights: golden["weight"].Numbers());
        BinaryCrossEntropyMetrics actual = _ml.BinaryClassification.EvaluateCrossEntropy(
            data, scoreColumnName: null, exampleWeightColumnName: weighting == "weighted" ? "Weight" : null);

        Assert.Equal(expected["log_loss"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(expected["log_loss_bits"].Number(), actual.LogLossBits, Tolerance);
        Assert.Equal(expected["prior_entropy"].Number(), actual.LabelEntropy, Tolerance);
        Assert.Equal(expected["prior_entropy_bits"].Number(), actual.LabelEntropyBits, Tolerance);
        Assert.Equal(expected["log_loss_reduction"].Number(), actual.LogLossReduction, Tolerance);
        Assert.Equal(expected["accuracy"].Number(), actual.Accuracy, Tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Clipping(int index)
    {
        JsonNode golden = Golden["log_loss_clipping"]![index]!;
        MulticlassCrossEntropyMetrics actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix()));

        Assert.Equal(golden["unclipped"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(golden["eps_1e15"].Number(), actual.ClippedLogLoss, Tolerance);
    }

    [Theory]
    [InlineData("temperature", 0)]
    [InlineData("temperature", 1)]
    public void Logits(string data, int index)
    {
        JsonNode golden = Golden[data]![index]!;
        MulticlassCrossEntropyMetrics actual = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["logits"].Matrix()));

        Assert.Contains("logits", actual.ScoresUsed, StringComparison.Ordinal);
        Assert.Equal(golden["nll_before"].Number(), actual.LogLoss, Tolerance);
        Assert.Equal(0, actual.Rows.Clipped);
    }

    private MulticlassCrossEntropyMetrics EvaluateMulticlass(string data, string weighting)
    {
        JsonNode golden = Golden[data]!;
        return _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(golden["y"].Numbers(), golden["proba"].Matrix(), golden["weight"].Numbers()),
            exampleWeightColumnName: weighting == "weighted" ? "Weight" : null);
    }

    private static void AssertEqual(double[] expected, IEnumerable<double> actual)
    {
        double[] values = [.. actual];
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], values[i], Tolerance);
    }
}

using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>
/// A float column cannot say how small a probability is that it rounds to 0, only that it is smaller than its smallest number. Scores come
/// from logits, whose own losses are the truth that the figures must not exceed.
/// </summary>
public sealed class RoundedProbabilityTests
{
    private static readonly double Smallest = 149 * Math.Log(2);
    private static readonly double SmallestComplement = 25 * Math.Log(2);
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_multiclass_row_counts_at_the_smallest_float()
    {
        double[] logits = [120, 0, 1];
        double[] softmax = [.. logits.Select(z => Math.Exp(z - 120))];
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([1, 0], [softmax, [0.5, 0.25, 0.25]], [3, 1]), exampleWeightColumnName: "Weight");

        Assert.Equal((3 * Smallest + Math.Log(2)) / 4, metrics.LogLoss, 1e-12);
        Assert.True(metrics.LogLoss < (3 * 120 + Math.Log(2)) / 4);
        Assert.Equal((1, 1), (metrics.Rows.RoundedToZero, metrics.Rows.Clipped));
        Assert.Equal(Smallest, metrics.Classes[1].LogLoss, 1e-12);
        Assert.Equal((-3 * Math.Log(1e-15) + Math.Log(2)) / 4, metrics.ClippedLogLoss, 1e-12);
        Assert.Equal(-3 * Math.Log(1e-15) / (-3 * Math.Log(1e-15) + Math.Log(2)), metrics.ClippedLossShare, 1e-12);
        Assert.Contains("log-loss          at least ", metrics.ToString(), StringComparison.Ordinal);
        Assert.Contains(metrics.Warnings, w => w.StartsWith("The log-loss is at least this: 1 of 2 rows", StringComparison.Ordinal));
        Assert.Contains("1 rounded to 0", metrics.Rows.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-200, 1)]
    [InlineData(40, 0)]
    [InlineData(200, 0)]
    public void A_binary_row_counts_at_what_its_probability_leaves_open(double logit, double label)
    {
        var data = ScoredData.Binary([label, 1], [1 / (1 + Math.Exp(-logit)), 0.5], [logit, 0]);
        var fromProbability = _ml.BinaryClassification.EvaluateCrossEntropy(data, scoreColumnName: null);
        var expected = label == 1 ? Smallest : SmallestComplement;
        Assert.Equal((expected + Math.Log(2)) / 2, fromProbability.LogLoss, 1e-12);
        Assert.Equal((Math.Min(expected, -Math.Log(1e-15)) + Math.Log(2)) / 2, fromProbability.ClippedLogLoss, 1e-12);
        Assert.Equal((1, 1), (fromProbability.Rows.RoundedToZero, fromProbability.Rows.Clipped));
        Assert.Equal(fromProbability.ClippedLogLoss, fromProbability.LogLossDecomposition!.Value.Score, 1e-12);

        // The score, the probability's logit, knows it all.
        var fromLogit = _ml.BinaryClassification.EvaluateCrossEntropy(data);
        Assert.Equal((Math.Abs(logit) + Math.Log(2)) / 2, fromLogit.LogLoss, 1e-12);
        Assert.Equal((0, 0), (fromLogit.Rows.RoundedToZero, fromLogit.Rows.Clipped));
        Assert.True(fromProbability.LogLoss <= fromLogit.LogLoss);
    }

    [Fact]
    public void A_binary_column_of_certainty_that_is_right_is_not_rounded_to_0()
    {
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(ScoredData.Binary([1, 0], [1, 0]), scoreColumnName: null);
        Assert.Equal((0, 0), (metrics.LogLoss, metrics.Rows.RoundedToZero));
    }

    [Fact]
    public void Soft_labels_and_multi_label_answers_count_alike()
    {
        var soft = _ml.MulticlassClassification.EvaluateCrossEntropy(new InMemoryView.Builder()
            .AddScores("Label", [[0.25, 0.75, 0], [1, 0, 0]], 3).AddScores("Score", [[0.5, 0, 0.5], [0.5, 0.5, 0]], 3).Build());
        Assert.Equal((0.25 * Math.Log(2) + 0.75 * Smallest + Math.Log(2)) / 2, soft.LogLoss, 1e-12);
        Assert.Equal(1, soft.Rows.RoundedToZero);

        var multi = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(new InMemoryView.Builder()
            .AddScores("Label", [[1, 0], [1, 0]], 2).AddScores("Score", [[0, 1], [0.5, 0.5]], 2).Build());
        Assert.Equal((Smallest + SmallestComplement + 2 * Math.Log(2)) / 4, multi.LogLoss, 1e-12);
        Assert.Equal((1, 1), (multi.Rows.RoundedToZero, multi.Labels[0].Rows.RoundedToZero));
        Assert.Contains("log-loss          at least ", multi.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_says_so()
    {
        var data = ScoredData.Multiclass([0, 1], [[0, 0.5, 0.5], [0.25, 0.5, 0.25]]);
        var other = ScoredData.Multiclass([0, 1], [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25]]);
        var comparison = _ml.MulticlassClassification.CompareCrossEntropy(new Dictionary<string, IDataView> { ["one"] = data, ["two"] = other });
        Assert.Equal((Smallest + Math.Log(2)) / 2, comparison.Models[0].LogLoss, 1e-12);
        Assert.Equal((1, 0), (comparison.Models[0].Rows.RoundedToZero, comparison.Models[0].InfiniteRows));
        Assert.Contains(comparison.Warnings, w => w.StartsWith("The log-loss of 'one' is at least", StringComparison.Ordinal));
    }
}

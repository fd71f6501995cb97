using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

public sealed class MultiLabelEvaluationTests
{
    private static readonly double[][] Labels = [[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1]];
    private static readonly double[][] Scores = [[0.75, 0.25, 0.875], [0.625, 0.125, 0.75], [0.5, 0.75, 0.25], [0.25, 0.875, 0.9375]];
    private static readonly double[] Weights = [1, 2, 0.5, 1.5];
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Every_figure_is_that_of_its_definition()
    {
        var metrics = Evaluate(Labels, Scores);
        var total = Weights.Sum();
        double[] losses = [.. Labels.Zip(Scores, (y, q) => y.Zip(q, (a, b) => -Math.Log(a == 1 ? b : 1 - b)).Average())];
        var mean = losses.Zip(Weights, (l, w) => l * w).Sum() / total;
        var effective = total * total / Weights.Sum(w => w * w);
        var variance = losses.Zip(Weights, (l, w) => w * (l - mean) * (l - mean)).Sum() / total;

        Assert.Equal(mean, metrics.LogLoss, 1e-12);
        Assert.Equal(Math.Sqrt(variance / (effective - 1)), metrics.LogLossStandardError, 1e-12);
        // Wrong: the first label of rows 1 and 2 (a half is a no), the last label of row 2.
        Assert.Equal((2 * 1 + 0.5 * 2) / 3 / total, metrics.HammingLoss, 1e-12);
        Assert.Equal((1 + 1.5) / total, metrics.SubsetAccuracy, 1e-12);
        // By weight: 1 of 3 yes answers of the first label are right and 0.5 was missed; 2 of 2; 4.5 of 4.5 and 0.5 missed.
        Assert.Equal(2 * 7.5 / (9.5 + 8.5), metrics.Micro.F1, 1e-12);
        Assert.Equal((2 * 1 / 4.5 + 1 + 9 / 9.5) / 3, metrics.Macro.F1, 1e-12);
        Assert.Equal(metrics.Labels.Average(l => l.LogLoss), metrics.LogLoss, 1e-12);
        Assert.Contains(metrics.Warnings, w => w.StartsWith("1 of 3 labels are always yes or always no here", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_label_is_a_binary_model()
    {
        var metrics = Evaluate(Labels, Scores);
        for (var l = 0; l < 3; l++)
        {
            var alone = _ml.BinaryClassification.EvaluateCrossEntropy(
                ScoredData.Binary([.. Labels.Select(y => y[l])], [.. Scores.Select(q => q[l])], weights: Weights),
                scoreColumnName: null,
                exampleWeightColumnName: "Weight");
            Assert.Equal(alone.LogLoss, metrics.Labels[l].LogLoss);
            Assert.Equal(alone.RocAuc, metrics.Labels[l].RocAuc);
            Assert.Equal(alone.BrierScore, metrics.Labels[l].BrierScore);
        }
    }

    [Fact]
    public void Logits_and_Booleans()
    {
        double[][] logits = [.. Scores.Select(q => q.Select(p => Math.Log(p / (1 - p))).ToArray())];
        var data = new InMemoryView.Builder()
            .Add("Label", new VectorDataViewType(BooleanDataViewType.Instance, 3),
                Labels.Select(y => new VBuffer<bool>(3, [.. y.Select(v => v == 1)])))
            .AddScores("Score", logits, 3)
            .AddNumbers("Weight", Weights)
            .Build();
        var metrics = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(data, exampleWeightColumnName: "Weight");
        Assert.Equal("column 'Score' as logits (found out from the first rows)", metrics.ScoresUsed);
        Assert.Equal(Evaluate(Labels, Scores).LogLoss, metrics.LogLoss, 1e-7);
    }

    [Fact]
    public void Bad_rows_are_counted()
    {
        var rows = Evaluate(
            [[1, double.NaN, 1], [0, 2, 1], [1, 1, 1], [0, 1, 0.5]],
            [Scores[0], Scores[1], [0.5, double.NaN, 0], Scores[3]]).Rows;
        Assert.Equal((1, 1, 1, 1), (rows.Used, rows.MissingLabel, rows.UnknownClass, rows.NonFiniteScore));
    }

    [Fact]
    public void Columns_of_other_shapes_are_refused()
    {
        var data = new InMemoryView.Builder().AddScores("Label", [[1.0, 0]], 2).AddScores("Score", [Scores[0]], 3).Build();
        Assert.Contains("a vector of 3 Booleans or Singles", Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(data)).Message, StringComparison.Ordinal);
    }

    private MultiLabelCrossEntropyMetrics Evaluate(double[][] labels, double[][] scores) =>
        _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            new InMemoryView.Builder().AddScores("Label", labels, 3).AddScores("Score", scores, 3).AddNumbers("Weight", Weights).Build(),
            exampleWeightColumnName: "Weight");
}

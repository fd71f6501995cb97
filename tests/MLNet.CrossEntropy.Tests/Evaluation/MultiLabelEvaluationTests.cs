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
    public void Each_label_is_evaluated_over_its_own_answers()
    {
        const double NaN = double.NaN;
        double[][] labels = [[1, NaN, 1], [0, 2, 1], [NaN, NaN, NaN], [0, 1, 0.5]], scores = [Scores[0], Scores[1], Scores[2], [0.25, NaN, 0.9375]];
        var metrics = Evaluate(labels, scores);
        Assert.Equal((3, 1), (metrics.Rows.Used, metrics.Rows.MissingLabel));
        Assert.Equal([1, 2, 1], metrics.Labels.Select(l => l.Rows.MissingLabel));
        Assert.Equal([3, 0, 3], metrics.Labels.Select(l => l.Rows.Used));
        Assert.Equal((1, 1), (metrics.Labels[1].Rows.UnknownClass, metrics.Labels[1].Rows.NonFiniteScore));

        // The answers that count, of rows of weight 1, 2 and 1.5; the loss of a share of a half is the same for yes and no, on average.
        double[] losses =
        [
            -Math.Log(0.75) - Math.Log(0.875), 2 * (-Math.Log(0.375) - Math.Log(0.75)),
            1.5 * (-Math.Log(0.75) - (Math.Log(0.9375) + Math.Log(0.0625)) / 2),
        ];
        Assert.Equal(losses.Sum() / (2 * (1 + 2 + 1.5)), metrics.LogLoss, 1e-12);
        Assert.Equal(
            (metrics.Labels[0].LogLoss * metrics.Labels[0].WeightSum + metrics.Labels[2].LogLoss * metrics.Labels[2].WeightSum)
            / (metrics.Labels[0].WeightSum + metrics.Labels[2].WeightSum), metrics.LogLoss, 1e-12);
        // Wrong: the first answer of the second row, half of the last one of the last row.
        Assert.Equal((2 + 1.5 / 2) / 9, metrics.HammingLoss, 1e-12);
        Assert.Equal((1 + 1.5 / 2) / 4.5, metrics.SubsetAccuracy, 1e-12);
        // Rows as clusters of answers, each row weighing what its answers weigh.
        double[] means = [losses[0] / 2, losses[1] / 4, losses[2] / 3], weights = [1, 2, 1.5];
        var effective = 4.5 * 4.5 / weights.Sum(w => w * w);
        var variance = means.Zip(weights, (l, w) => w * (l - metrics.LogLoss) * (l - metrics.LogLoss)).Sum() / 4.5;
        Assert.Equal(Math.Sqrt(variance / (effective - 1)), metrics.LogLossStandardError, 1e-12);
        Assert.Contains(metrics.Warnings, w => w.StartsWith("4 of 12 answers are missing", StringComparison.Ordinal));
    }

    [Fact]
    public void A_label_without_answers_in_every_second_row_takes_nothing_from_the_others()
    {
        Random random = new(5);
        double[][] scores = [.. Enumerable.Range(0, 300).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
        double[][] labels = [.. scores.Select((q, i) => new[] { random.NextDouble() < q[0] ? 1 : 0, i % 2 == 0 ? double.NaN : 1 })];
        var metrics = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            new InMemoryView.Builder().AddScores("Label", labels, 2).AddScores("Score", scores, 2).Build());
        Assert.Equal([300, 150], metrics.Labels.Select(l => l.Rows.Used));
        var alone = _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([.. labels.Select(y => y[0])], [.. scores.Select(q => q[0])]), scoreColumnName: null);
        Assert.Equal(alone.LogLoss, metrics.Labels[0].LogLoss);
    }

    [Fact]
    public void A_missing_answer_can_be_refused()
    {
        var data = new InMemoryView.Builder().AddScores("Label", [[1, 0], [1, double.NaN]], 2)
            .AddScores("Score", [[0.5, 0.5], [0.5, 0.5]], 2, InMemoryView.Names("SlotNames", ["hot", "dry"])).Build();
        var error = Assert.Throws<InvalidOperationException>(() => _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            data, new MultiLabelEvaluationOptions { MissingLabel = BadRowPolicy.Throw, LabelNames = ["hot", "dry"] }));
        Assert.StartsWith("Row 1 has no answer for label 'dry'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_are_compared_over_the_answers_that_both_have()
    {
        double[][] labels = [[1, double.NaN, 1], [0, 1, 1], [1, 1, 0]], bad = [Scores[0], [0.5, double.NaN, 0.5], Scores[2]];
        IDataView view(double[][] scores) => new InMemoryView.Builder().AddScores("Label", labels, 3).AddScores("Score", scores, 3).Build();
        var comparison = _ml.MulticlassClassification.CompareMultiLabelCrossEntropy(
            new Dictionary<string, IDataView> { ["one"] = view([Scores[1], Scores[1], Scores[3]]), ["two"] = view(bad) });
        Assert.Equal((2, 1), (comparison.Rows.Used, comparison.Rows.NonFiniteScore));
        // Two answers of the first row, three of the last.
        double loss(double[] q, double[] y) => y.Zip(q, (a, p) => double.IsNaN(a) ? 0 : -Math.Log(a == 1 ? p : 1 - p)).Sum();
        Assert.Equal((loss(Scores[1], labels[0]) + loss(Scores[3], labels[2])) / 5, comparison.Models[0].LogLoss, 1e-12);
        Assert.Equal((loss(bad[0], labels[0]) + loss(bad[2], labels[2])) / 5, comparison.Models[1].LogLoss, 1e-12);
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

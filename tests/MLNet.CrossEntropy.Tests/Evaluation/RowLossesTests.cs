using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>The histograms and the worst rows against the rows themselves.</summary>
public sealed class RowLossesTests
{
    private const int Rows = 3000;

    [Fact]
    public void Histograms_hold_every_row_in_its_interval()
    {
        (var labels, var scores, var weights) = Draw();
        var metrics = Evaluate(labels, scores, weights);
        double[] q = [.. scores.Select((s, i) => (double)(float)s[(int)labels[i]])];

        AssertHolds(metrics.RowsByLoss, [.. q.Select(p => -Math.Log(p))], q, weights, 1.0 / 16);
        AssertHolds(metrics.RowsByProbability, q, q, weights, 0.01);
        Assert.Equal(metrics.LogLoss, metrics.RowsByLoss.Sum(b => b.Loss) / metrics.WeightSum, 1e-12);
        Assert.Equal(metrics.LogLoss, metrics.RowsByProbability.Sum(b => b.Loss) / metrics.WeightSum, 1e-12);
    }

    [Fact]
    public void The_worst_rows_are_those_that_sorting_finds()
    {
        (var labels, var scores, var weights) = Draw();
        long[] sorted =
            [.. Enumerable.Range(0, Rows).OrderByDescending(i => -Math.Log((float)scores[i][(int)labels[i]])).ThenBy(i => i).Take(20)
            .Select(i => (long)i)];
        var worst = Evaluate(labels, scores, weights).WorstRows;

        Assert.Equal(sorted, worst.Select(r => r.Row));
        foreach (var row in worst)
        {
            var q = scores[row.Row];
            Assert.Equal($"{labels[row.Row]}", row.Label);
            Assert.Equal($"{Array.IndexOf(q, q.Max())}", row.Predicted);
            Assert.Equal((float)q.Max(), row.PredictedProbability, 1e-15);
            Assert.Equal((float)q[(int)labels[row.Row]], row.Probability, 1e-12);
            Assert.Equal(weights[row.Row], row.Weight);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Order_changes_nothing(int kept)
    {
        // Losses of few values, so that many are equal.
        WorstRowsAccumulator.Entry[] rows =
            [.. Enumerable.Range(0, 200).Select(i => new WorstRowsAccumulator.Entry(i, null, 0, 1, 0.5, i * 37 % 11, 1))];
        long[] expected = [.. rows.OrderByDescending(r => r.Loss).ThenBy(r => r.Row).Take(kept).Select(r => r.Row)];

        WorstRowsAccumulator forward = Of(rows, kept), backward = Of([.. rows.Reverse()], kept);
        Assert.All([forward, backward], found => Assert.Equal(expected, found.Rows.Select(r => r.Row)));
    }

    [Fact]
    public void An_infinite_loss_is_in_the_last_interval_and_worst()
    {
        double[] certain = [0, double.NegativeInfinity, double.NegativeInfinity];
        var losses = Evaluate([1, 0], [certain, [0.5, -0.25, -0.25]], [1, 1]);
        Assert.Equal(new LossBin(40, double.PositiveInfinity, 1, 1, -Math.Log(1e-15)), losses.RowsByLoss[^1]);
        Assert.Equal(new LossBin(0, 0.01, 1, 1, -Math.Log(1e-15)), losses.RowsByProbability[0]);
        Assert.Equal((0, double.PositiveInfinity, 0), (losses.WorstRows[0].Row, losses.WorstRows[0].Loss, losses.WorstRows[0].Probability));
    }

    [Fact]
    public void A_certain_and_right_row_is_in_the_first_interval_of_losses_and_the_last_of_probabilities()
    {
        var losses = Evaluate([0], [[1, 0, 0]], [2]);
        Assert.Equal([new LossBin(0, 1.0 / 16, 1, 2, 0)], losses.RowsByLoss);
        Assert.Equal([new LossBin(0.99, 1, 1, 2, 0)], losses.RowsByProbability);
    }

    [Fact]
    public void Rows_counted_as_mistakes_are_in_the_histograms_and_among_the_worst()
    {
        var metrics = new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([0, 2], [[1, 0, 0], [double.NaN, 0, 0]]),
            new MulticlassEvaluationOptions { InvalidScore = BadRowPolicy.CountAsMistake, WorstRows = 1 });
        Assert.Equal([1, 1], metrics.RowsByLoss.Select(b => b.Rows));
        Assert.Equal(metrics.ClippedLogLoss, metrics.RowsByLoss.Sum(b => b.Loss) / 2, 1e-12);
        Assert.Equal(new WorstRow(1, null, "2", "(none)", double.NaN, double.PositiveInfinity, 1), Assert.Single(metrics.WorstRows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Ids_stay_with_their_rows(int threads)
    {
        (var labels, var scores, _) = Draw();
        string[] ids = [.. Enumerable.Range(0, Rows).Select(i => i % 5 == 0 ? "" : $"row {i}")];
        // Rows left out must not shift the names of those behind them.
        for (var i = 0; i < Rows; i += 7)
            scores[i] = [double.NaN, 0, 1];
        var data = new InMemoryView.Builder()
            .AddKeys("Label", labels.Select(y => (uint)(y + 1)), 3).AddScores("Score", scores, 3).AddText("Name", ids).Build();
        var worst = new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(data, new MulticlassEvaluationOptions
        {
            IdColumnName = "Name",
            InvalidScore = BadRowPolicy.CountAsMistake,
            WorstRows = 600,
            NumberOfThreads = threads,
        }).WorstRows;

        Assert.Equal((Rows + 6) / 7, worst.Count(r => double.IsPositiveInfinity(r.Loss)));
        Assert.All(worst, r => Assert.Equal(r.Row % 5 == 0 ? null : $"row {r.Row}", r.Id));
    }

    [Fact]
    public void Binary_and_multi_label_rows_have_ids_too()
    {
        var binary = new InMemoryView.Builder()
            .AddNumbers("Label", [1, 0, 1]).AddNumbers("Probability", [0.5, 0.875, 0.25]).AddNumbers("Number", [7, 8, 9.5]).Build();
        var ofBinary = new MLContext(1).BinaryClassification.EvaluateCrossEntropy(
            binary, new BinaryEvaluationOptions { ScoreColumnName = null, IdColumnName = "Number" });
        Assert.Equal(["8", "9.5", "7"], ofBinary.WorstRows.Select(r => r.Id));

        var multiLabel = new InMemoryView.Builder()
            .AddScores("Label", [[1, 0], [0, 1]], 2).AddScores("Score", [[0.5, 0.125], [0.75, 0.25]], 2).AddText("Name", ["a", "b"])
                .Build();
        var ofLabels = new MLContext(1).MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            multiLabel, new MultiLabelEvaluationOptions { IdColumnName = "Name" });
        Assert.All(ofLabels.Labels, label => Assert.Equal(["b", "a"], label.WorstRows.Select(r => r.Id)));
    }

    [Fact]
    public void An_id_column_that_is_not_there_is_named() => Assert.Contains(
        "id column 'Name'",
        Assert.Throws<ArgumentException>(() => new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([0], [[1, 0, 0]]), new MulticlassEvaluationOptions { IdColumnName = "Name" })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Binary_and_soft_rows_have_losses_too()
    {
        var losses = new MLContext(1).BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([1, 0, 0.25], [0.5, 0.875, 0.5]), scoreColumnName: null);
        Assert.Equal([1, 0, 2], losses.WorstRows.Select(r => r.Row));
        Assert.Equal(["0", "1", "0"], losses.WorstRows.Select(r => r.Label));
        Assert.Equal(0.125, losses.WorstRows[0].Probability, 1e-12);
        Assert.Equal(0.5, losses.WorstRows[2].Probability, 1e-12);
    }

    private static void AssertHolds(IReadOnlyList<LossBin> bins, double[] values, double[] q, double[] weights, double width)
    {
        int[] filled = [.. values.Select(v => (int)Math.Floor(v / width)).Distinct().Order()];
        Assert.Equal(filled.Select(b => b * width), bins.Select(b => b.Lower), (x, y) => Math.Abs(x - y) < 1e-12);
        foreach (var bin in bins)
        {
            int[] inside =
                [.. Enumerable.Range(0, values.Length)
                .Where(i => (int)Math.Floor(values[i] / width) == (int)Math.Round(bin.Lower / width))];
            Assert.Equal(inside.Length, bin.Rows);
            Assert.Equal(inside.Sum(i => weights[i]), bin.Weight, 1e-9);
            Assert.Equal(inside.Sum(i => -weights[i] * Math.Log(q[i])), bin.Loss, 1e-9);
        }
    }

    private static WorstRowsAccumulator Of(WorstRowsAccumulator.Entry[] rows, int kept)
    {
        WorstRowsAccumulator accumulator = new(kept);
        foreach (var row in rows)
            accumulator.Add(row);
        return accumulator;
    }

    private static (double[] Labels, double[][] Scores, double[] Weights) Draw()
    {
        Random random = new(5);
        double[][] scores = [.. Enumerable.Range(0, Rows).Select(_ =>
        {
            double[] parts = [.. Enumerable.Range(0, 3).Select(_ => 1e-3 + Math.Pow(random.NextDouble(), 4))];
            return parts.Select(p => p / parts.Sum()).ToArray();
        })];
        return (
            [.. scores.Select(_ => (double)random.Next(3))],
            scores,
            [.. scores.Select(_ => (double)random.Next(1, 4))]);
    }

    private static MulticlassCrossEntropyMetrics Evaluate(double[] labels, double[][] scores, double[] weights) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(labels, scores, weights), exampleWeightColumnName: "Weight");
}

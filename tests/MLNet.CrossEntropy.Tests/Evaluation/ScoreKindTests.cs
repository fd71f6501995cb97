using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>What Auto takes scores for: what most of many rows look like, not what the first do.</summary>
public sealed class ScoreKindTests
{
    private const double NaN = double.NaN;
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(1, false)]
    [InlineData(240, false)]
    [InlineData(3000, true)]
    public void Rows_that_happen_to_sum_to_1_do_not_decide(int first, bool areUnusable)
    {
        const int Rows = 8000;
        Random random = new(3);
        double[][] scores = [.. Enumerable.Range(0, Rows).Select(i => i < first
            ? areUnusable ? new[] { NaN, 0, 0 } : [0.5, 0.25, 0.25]
            : [4 * random.NextDouble() - 2, 4 * random.NextDouble() - 2, 4 * random.NextDouble() - 2])];
        double[] labels = [.. scores.Select(_ => (double)random.Next(3))];
        var metrics = Evaluate(labels, scores, ScoreKind.Auto);
        Assert.Equal("column 'Score' as logits (found out from the first rows)", metrics.ScoresUsed);
        Assert.Equal(Evaluate(labels, scores, ScoreKind.Logits).LogLoss, metrics.LogLoss);
        Assert.Equal(areUnusable ? Rows - first : Rows, metrics.Rows.Used);
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(60_000)]
    public void Logits_after_the_rows_that_decide_name_the_way_out(int count)
    {
        // Of 3 classes 16 blocks of 1,024 rows decide.
        (var labels, var scores) = Change(16 * 1024, count, fromProbabilities: true);
        var metrics = Evaluate(labels, scores, ScoreKind.Auto);
        Assert.Equal("column 'Score' as probabilities (found out from the first rows)", metrics.ScoresUsed);
        Assert.Equal(16 * 1024, metrics.Rows.Used);
        Assert.Contains(metrics.Warnings, w => w.Contains("set ScoreKind to ScoreKind.Logits", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20_000, false)]
    [InlineData(60_000, true)]
    public void Probabilities_after_the_rows_that_decide_name_the_way_out(int count, bool areMost)
    {
        (var labels, var scores) = Change(16 * 1024, count, fromProbabilities: false);
        foreach (var metrics in (LogLossMetrics[])[Evaluate(labels, scores, ScoreKind.Auto), MultiLabel(scores)])
        {
            Assert.Equal("column 'Score' as logits (found out from the first rows)", metrics.ScoresUsed);
            Assert.Equal(
                areMost, metrics.Warnings.Any(w => w.Contains("set ScoreKind to ScoreKind.Probabilities", StringComparison.Ordinal)));
        }
        Assert.DoesNotContain(
            Evaluate(labels, scores, ScoreKind.Logits).Warnings, w => w.Contains("ScoreKind.Prob", StringComparison.Ordinal));
    }

    [Fact]
    public void Some_500_rows_of_logits_whose_first_sums_to_1_are_logits()
    {
        (var labels, var scores) = Change(1, 500, fromProbabilities: true);
        var metrics = Evaluate(labels, scores, ScoreKind.Auto);
        Assert.Equal(500, metrics.Rows.Used);
        Assert.Equal(Evaluate(labels, scores, ScoreKind.Logits).LogLoss, metrics.LogLoss);
    }

    private static (double[] Labels, double[][] Scores) Change(int first, int count, bool fromProbabilities)
    {
        Random random = new(5);
        return (
            [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(3))],
            [.. Enumerable.Range(0, count).Select(i => i < first == fromProbabilities
                ? new[] { 0.5, 0.25, 0.25 }
                : [6 * random.NextDouble() - 3, 6 * random.NextDouble() - 3, 6 * random.NextDouble() - 3])]);
    }

    [Fact]
    public void A_few_broken_rows_make_no_logits_of_probabilities()
    {
        double[][] scores = [[-0.5, 1, 0.5], .. Enumerable.Repeat(new[] { 0.5, 0.25, 0.25 }, 20), [-1, 1, 1]];
        var metrics = Evaluate([.. scores.Select(_ => 0.0)], scores, ScoreKind.Auto);
        Assert.Equal((20, 2), (metrics.Rows.Used, metrics.Rows.OutOfRangeScore));
    }

    [Fact]
    public void Most_rows_being_no_probabilities_names_the_way_out()
    {
        double[][] scores = [[0.5, 0.25, 0.25], [3, 1, 2], [5, 1, 0.5]];
        var warnings = Evaluate([0, 1, 2], scores, ScoreKind.Auto).Warnings;
        Assert.Contains(warnings, w => w.Contains("set ScoreKind to ScoreKind.Logits", StringComparison.Ordinal));
        var binary = _ml.BinaryClassification.EvaluateCrossEntropy(ScoredData.Binary([1, 0, 1], [3, -2, 0.5]), scoreColumnName: null);
        Assert.Contains(binary.Warnings, w => w.Contains("set ProbabilityColumnName to null", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1.0000001, "probabilities")]
    [InlineData(0.9, "probabilities")]
    public void One_answer_beyond_1_makes_no_logits_of_a_multi_label_models_probabilities(double odd, string kind)
    {
        double[][] scores = [[0.25, odd], [0.5, 0.75], [0.125, 0.25]];
        Assert.Contains(kind, MultiLabel(scores).ScoresUsed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_multi_label_row_within_0_and_1_makes_no_probabilities_of_logits()
    {
        var metrics = MultiLabel([[0.25, 0.5], [-2, 1.5], [3, -1]]);
        Assert.Contains("logits", metrics.ScoresUsed, StringComparison.Ordinal);
        Assert.Equal(3, metrics.Rows.Used);
    }

    private MultiLabelCrossEntropyMetrics MultiLabel(double[][] scores) =>
        _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            new InMemoryView.Builder()
                .AddScores("Label", scores.Select((row, i) => Array.ConvertAll(row, _ => i % 2.0)), scores[0].Length)
                .AddScores("Score", scores, scores[0].Length).Build());

    private MulticlassCrossEntropyMetrics Evaluate(double[] labels, double[][] scores, ScoreKind kind) =>
        _ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(labels, scores), new MulticlassEvaluationOptions { ScoreKind = kind });
}

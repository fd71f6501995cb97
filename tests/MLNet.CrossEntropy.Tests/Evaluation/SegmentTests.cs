using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Segments against evaluations of their rows alone.</summary>
public sealed class SegmentTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_segment_is_its_rows_evaluated_alone()
    {
        var rows = Draw(600, seed: 3, segments: 4);
        var metrics = Evaluate(rows, weighted: true);
        Assert.Equal(["a", "b", "c", "d"], metrics.Segments!.Select(s => s.Name).Order());
        Assert.Equal(1, metrics.Segments!.Sum(s => s.Share), 1e-12);
        foreach (var segment in metrics.Segments!)
        {
            BinaryCrossEntropyMetrics alone = Evaluate([.. rows.Where(r => r.Segment == segment.Name)], weighted: true);
            BinaryCrossEntropyMetrics others = Evaluate([.. rows.Where(r => r.Segment != segment.Name)], weighted: true);
            Assert.Equal(alone.Rows.Used, segment.Rows);
            Assert.Equal(alone.WeightSum / metrics.WeightSum, segment.Share, 1e-12);
            Assert.Equal(alone.LogLoss, segment.LogLoss, 1e-12);
            Assert.Equal(alone.Reliability!.ExpectedCalibrationError, segment.Reliability.ExpectedCalibrationError, 1e-12);
            Assert.Equal(alone.Reliability.Bins.Count, segment.Reliability.Bins.Count);
            Assert.Equal(alone.LogLoss - others.LogLoss, segment.Difference, 1e-12);
            var own = Math.Max(alone.LogLossStandardError, metrics.LogLossStandardError * Math.Sqrt(metrics.EffectiveRows / alone.EffectiveRows));
            var error = Math.Sqrt(own * own + Math.Pow(others.LogLossStandardError, 2));
            Assert.Equal(segment.Difference, (segment.DifferenceInterval.Lower + segment.DifferenceInterval.Upper) / 2, 1e-9);
            Assert.InRange((segment.DifferenceInterval.Upper - segment.DifferenceInterval.Lower) / 2 / error, 1.96, 2.05);
            Assert.InRange(segment.Share, segment.ShareInterval.Lower, segment.ShareInterval.Upper);
            Assert.True(segment.AdjustedPValue >= segment.PValue);
        }
    }

    [Fact]
    public void The_segment_that_differs_comes_first()
    {
        // In segment b labels are the opposite of what is forecast in one row of three.
        Row[] rows = [.. Draw(3000, seed: 4, segments: 4).Select((r, i) => r.Segment == "b" && i % 3 == 0 ? r with { Label = 1 - r.Label } : r)];
        var segments = Evaluate(rows).Segments!;
        Assert.Equal("b", segments[0].Name);
        Assert.True(segments[0].AdjustedPValue < 0.001 && segments[0].DifferenceInterval.Lower > 0);
        Assert.Equal(segments.Select(s => s.PValue).Order(), segments.Select(s => s.PValue));
        var text = Evaluate(rows).ToString();
        Assert.Contains("p (Holm)", text, StringComparison.Ordinal);
        Assert.Contains("| p (Holm) |", Evaluate(rows).ToMarkdown(), StringComparison.Ordinal);
    }

    /// <summary>200 tables of ten segments that do not differ: Holm's adjustment finds one in at most 5 % of them, and three standard errors.</summary>
    [Fact]
    public void Segments_that_do_not_differ_are_seldom_said_to()
    {
        const int Tables = 200;
        var found = Enumerable.Range(0, Tables).Count(t => Evaluate(Draw(400, 100 + t, 10)).Segments![0].AdjustedPValue < 0.05);
        Assert.InRange(found, 0, Tables * (0.05 + 3 * Math.Sqrt(0.05 * 0.95 / Tables)));
    }

    [Fact]
    public void Rows_without_a_value_and_values_beyond_the_thousandth_are_segments_of_their_own()
    {
        Row[] rows = [.. Draw(2500, seed: 5, segments: 1).Select((r, i) => r with { Segment = i % 50 == 0 || i == 1201 ? "" : i < 1200 ? $"{i}" : $"{i - 1200}" })];
        var metrics = Evaluate(rows);
        var missing = Assert.Single(metrics.Segments!, s => s.IsMissing);
        Assert.Equal(51, missing.Rows);
        var lumped = Assert.Single(metrics.Segments!, s => s.IsLumped);
        HashSet<string> first = [.. rows.Select(r => r.Segment).Where(s => s.Length > 0).Distinct().Take(1000)];
        Assert.Equal(rows.Count(r => r.Segment.Length > 0 && !first.Contains(r.Segment)), lumped.Rows);
        Assert.Equal(1002, metrics.Segments!.Count);
        Assert.Equal(2500, metrics.Segments.Sum(s => s.Rows));
        Assert.Contains(metrics.Warnings, w => w.Contains("more than 1000 values", StringComparison.Ordinal));
        var single = metrics.Segments.First(s => s.Rows == 1);
        Assert.True(double.IsNaN(single.PValue) && double.IsNaN(single.LogLossInterval.Lower));
    }

    [Fact]
    public void Nobody_asks_and_there_are_none()
    {
        Assert.Null(_ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([0, 1], [0.25, 0.75]), new BinaryEvaluationOptions { ScoreColumnName = null }).Segments);
        Assert.Throws<ArgumentException>(() => _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([0, 1], [0.25, 0.75]), new BinaryEvaluationOptions { ScoreColumnName = null, SegmentColumnName = "None" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Mistakes_and_keys_count_in_their_segment_and_threads_change_nothing(int threads)
    {
        const int Rows = 20_000;
        double[][] scores = [.. Enumerable.Range(0, Rows).Select(i => i % 10 == 3 ? [double.NaN, 1] : new[] { (i % 7 + 1) / 8.0, 1 - (i % 7 + 1) / 8.0 })];
        var view = new InMemoryView.Builder()
            .AddKeys("Label", Enumerable.Range(0, Rows).Select(i => (uint)(i * 13 % 2 + 1)), 2)
            .AddScores("Score", scores, 2)
            .AddKeys("Country", Enumerable.Range(0, Rows).Select(i => (uint)(i % 5)), 4, ["SE", "DE", "FR", "IT"])
            .Build();
        MulticlassCrossEntropyMetrics Evaluate(int n) => _ml.MulticlassClassification.EvaluateCrossEntropy(
            view, new MulticlassEvaluationOptions { SegmentColumnName = "Country", InvalidScore = BadRowPolicy.CountAsMistake, NumberOfThreads = n });
        var metrics = Evaluate(threads);
        Assert.Equal(Evaluate(2).ToJson(), metrics.ToJson());
        Assert.Equal(["(no value)", "DE", "FR", "IT", "SE"], metrics.Segments!.Select(s => s.Name).Order(StringComparer.Ordinal));
        // Every tenth row is a mistake, all of them with key 3.
        Assert.All(metrics.Segments!, s => Assert.Equal(s.Name == "FR", double.IsInfinity(s.LogLoss)));
        Assert.All(metrics.Segments!, s => Assert.Equal(4000, s.Rows));
        Assert.Equal(metrics.ClippedLogLoss, metrics.Segments!.Sum(s => s.Share * s.ClippedLogLoss), 1e-12);
    }

    private BinaryCrossEntropyMetrics Evaluate(Row[] rows, bool weighted = false) => _ml.BinaryClassification.EvaluateCrossEntropy(
        new InMemoryView.Builder()
            .AddNumbers("Label", rows.Select(r => r.Label)).AddNumbers("Probability", rows.Select(r => r.Forecast))
            .AddNumbers("Weight", rows.Select(r => r.Weight)).AddText("Segment", rows.Select(r => r.Segment)).Build(),
        new BinaryEvaluationOptions
        {
            ScoreColumnName = null,
            SegmentColumnName = "Segment",
            ExampleWeightColumnName = weighted ? "Weight" : null,
            NumberOfThreads = 1,
        });

    private static Row[] Draw(int count, int seed, int segments)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var forecast = random.Next(1, 64) / 64.0;
            return new Row($"{(char)('a' + random.Next(segments))}", forecast, random.NextDouble() < forecast ? 1 : 0, random.Next(2, 5) / 4.0);
        })];
    }

    private sealed record Row(string Segment, double Forecast, double Label, double Weight);
}

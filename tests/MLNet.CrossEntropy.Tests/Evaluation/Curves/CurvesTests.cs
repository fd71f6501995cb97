using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Curves against counting the rows at every threshold, and against scikit-learn.</summary>
public sealed class CurvesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_point_counts_the_rows_at_its_threshold(bool isWeighted)
    {
        var rows = Draw(500, ties: 40, isWeighted);
        var metrics = Evaluate(rows);
        foreach ((var curves, var positive) in new[] { (metrics.Curves!, 1.0), (metrics.Classes[0].Curves!, 0.0) })
        {
            Row[] ofClass = [.. rows.Select(r => positive == 1 ? r : new(1 - r.Forecast, 1 - r.Label, r.Weight))];
            Assert.Equal(ofClass.Select(r => r.Forecast).Distinct().Count() + 1, curves.Points.Count);
            foreach (var point in curves.Points)
            {
                Assert.Equal(ofClass.Where(r => r.Forecast >= point.Threshold).Sum(r => r.Weight * r.Label), point.TruePositives, 1e-9);
                Assert.Equal(ofClass.Where(r => r.Forecast >= point.Threshold).Sum(r => r.Weight * (1 - r.Label)), point.FalsePositives, 1e-9);
                var again = curves.At(point.Threshold);
                Assert.Equal((point.TruePositives, point.FalsePositives), (again.TruePositives, again.FalsePositives));
            }
            Assert.Equal((0.0, 0.0, double.PositiveInfinity), (curves.Points[0].Recall, curves.Points[0].FalsePositiveRate, curves.Points[0].Threshold));
            Assert.Equal((1.0, 1.0, 0.0), (curves.Points[^1].Recall, curves.Points[^1].FalsePositiveRate, curves.Points[^1].Threshold));
        }
        Assert.Equal(metrics.RocAuc, RocArea(metrics.Curves!.Points), 1e-12);
        Assert.Equal(metrics.AveragePrecision, PrecisionArea(metrics.Curves.Points), 1e-12);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("weighted")]
    public void Points_are_those_of_scikit_learn(string weighting)
    {
        var golden = GoldenFile.Load("sklearn-curves.json");
        var expected = golden[weighting]!;
        var data = ScoredData.Binary(golden["label"].Numbers(), golden["score"].Numbers(), weights: golden["weight"].Numbers());
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(
            data, new BinaryEvaluationOptions { ScoreColumnName = null, ExampleWeightColumnName = weighting == "plain" ? null : "Weight" });
        var points = metrics.Curves!.Points;
        AssertEqual(expected["fpr"].Numbers(), points.Select(p => p.FalsePositiveRate));
        AssertEqual(expected["tpr"].Numbers(), points.Select(p => p.Recall));
        AssertEqual(expected["precision"].Numbers(), points.Skip(1).Reverse().Select(p => p.Precision));
        AssertEqual(expected["recall"].Numbers(), points.Skip(1).Reverse().Select(p => p.Recall));
        Assert.Equal(expected["roc_auc"].Number(), RocArea(points), 1e-12);
        Assert.Equal(expected["average_precision"].Number(), PrecisionArea(points), 1e-12);
        // Between the forecast that scikit-learn names and the next lower one.
        double[] thresholds = expected["threshold"].Numbers();
        for (var i = 1; i < thresholds.Length; i++)
            Assert.InRange(points[points.Count - 1 - i].Threshold, Math.BitIncrement(thresholds[i - 1]), thresholds[i]);

        void AssertEqual(double[] numbers, IEnumerable<double> actual) =>
            Assert.All(numbers.Zip(actual.ToArray().AsSpan()[..numbers.Length].ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(3 * ScoreDistribution.ExactRows)]
    public void Thinning_leaves_the_areas_where_they_are(int count)
    {
        var rows = Draw(count, ties: 0, isWeighted: true);
        var metrics = Evaluate(rows);
        var points = metrics.Curves!.Points;
        Assert.InRange(points.Count, 1000, 2048);
        Assert.Equal(metrics.RocAuc, RocArea(points), 3e-4);
        Assert.Equal(metrics.AveragePrecision, PrecisionArea(points), 3e-4);
        Assert.Equal(points.OrderByDescending(p => p.Threshold), points);
        foreach (var point in points.Where((_, i) => i % 100 == 50))
            Assert.Equal(rows.Where(r => r.Forecast >= point.Threshold).Sum(r => r.Weight * r.Label), point.TruePositives, 1e-6);
        var few = metrics.Curves.Thinned(200);
        Assert.InRange(few.Count, 50, 200);
        Assert.Equal(metrics.RocAuc, RocArea(few), 3e-3);
        Assert.Equal(metrics.AveragePrecision, PrecisionArea(few), 3e-3);
    }

    [Fact]
    public void Stairs_of_many_steps_keep_their_area()
    {
        // All positive rows of a step come before its negative ones: straight lines across steps would lose half of each.
        Row[] rows = [.. Enumerable.Range(0, 30_000).Select(i => new Row(1 - (i + 1) / 30_002.0, i / 50 % 2 == 0 ? 1 : 0, 1))];
        var metrics = Evaluate(rows);
        Assert.InRange(metrics.Curves!.Points.Count, 2, 2048);
        Assert.Equal(metrics.RocAuc, RocArea(metrics.Curves.Points), 3e-4);
        Assert.Equal(metrics.AveragePrecision, PrecisionArea(metrics.Curves.Points), 3e-4);
    }

    [Fact]
    public void The_cost_curve_is_the_least_cost_of_any_threshold()
    {
        var curves = Evaluate(Draw(300, ties: 25, isWeighted: true)).Curves!;
        var corners = curves.CostCurve;
        Assert.Equal((0, 0), corners[0]);
        Assert.Equal((1, 0), corners[^1]);
        Assert.Equal(corners.OrderBy(c => c.ProbabilityCost), corners);
        for (var i = 0; i <= 200; i++)
        {
            var x = i / 200.0;
            var least = curves.Points.Min(p => (1 - p.Recall) * x + p.FalsePositiveRate * (1 - x));
            var after = Enumerable.Range(1, corners.Count - 1).First(c => corners[c].ProbabilityCost >= x);
            ((var x1, var y1), (var x2, var y2)) = (corners[after - 1], corners[after]);
            Assert.Equal(least, y1 + (y2 - y1) * (x - x1) / (x2 - x1), 1e-12);
        }
    }

    [Fact]
    public void Each_class_of_many_has_its_own()
    {
        double[][] scores = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.75, 0.125, 0.125], [0.5, 0.25, 0.25]];
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1, 2, 0], scores));
        Assert.Equal([(0, 0), (0, 1), (2, 1), (2, 2)], metrics.Classes[0].Curves!.Points.Select(p => ((int)p.TruePositives, (int)p.FalsePositives)));
        Assert.Equal([(0, 0), (1, 0), (1, 3)], metrics.Classes[1].Curves!.Points.Take(2).Append(metrics.Classes[1].Curves!.Points[^1])
            .Select(p => ((int)p.TruePositives, (int)p.FalsePositives)));
        Assert.Null(_ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([0, 1, 2, 0], scores), new MulticlassEvaluationOptions { OneVersusRest = false }).Classes[0].Curves);
    }

    [Fact]
    public void Logits_tell_apart_what_probabilities_of_1_do_not()
    {
        // Sigmoids of 50 and 60 are both 1 in double precision.
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([0, 1, 0], null, [50, 60, -1]), new BinaryEvaluationOptions { ProbabilityColumnName = null });
        Assert.Equal(1, metrics.RocAuc);
        Assert.Equal(55, metrics.Curves!.Points[1].Logit, 1e-9);
        Assert.Equal((1.0, 0.0), (metrics.Curves.Points[1].Recall, metrics.Curves.Points[1].FalsePositiveRate));
    }

    [Fact]
    public void Without_rows_there_is_one_point_and_without_a_class_its_shares_are_NaN()
    {
        var none = Evaluate([]).Curves!;
        Assert.True(double.IsNaN(Assert.Single(none.Points).Recall));
        Assert.Empty(none.CostCurve);
        var onlyNegative = Evaluate([new(0.25, 0, 1), new(0.5, 0, 1)]).Curves!;
        Assert.All(onlyNegative.Points, p => Assert.True(double.IsNaN(p.Recall)));
        Assert.Equal([0, 0.5, 1], onlyNegative.Points.Select(p => p.FalsePositiveRate));
        Assert.Empty(onlyNegative.CostCurve);
        Assert.True(double.IsNaN(onlyNegative.RecallAtPrecision(0.5)));
    }

    private static double RocArea(IReadOnlyList<OperatingPoint> points) => points.Zip(points.Skip(1))
        .Sum(p => (p.Second.FalsePositiveRate - p.First.FalsePositiveRate) * (p.Second.Recall + p.First.Recall) / 2);

    private static double PrecisionArea(IReadOnlyList<OperatingPoint> points) =>
        points.Zip(points.Skip(1)).Sum(p => (p.Second.Recall - p.First.Recall) * p.Second.Precision);

    private BinaryCrossEntropyMetrics Evaluate(Row[] rows) => _ml.BinaryClassification.EvaluateCrossEntropy(
        ScoredData.Binary(
            [.. rows.Select(r => r.Label)], [.. rows.Select(r => r.Forecast)], weights: [.. rows.Select(r => r.Weight)]),
        new BinaryEvaluationOptions { ScoreColumnName = null, ExampleWeightColumnName = "Weight" });

    /// <summary>Forecasts that single precision holds, as do their complements.</summary>
    private static Row[] Draw(int count, int ties, bool isWeighted)
    {
        Random random = new(count + ties);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var forecast = ties > 0 ? random.Next(1, ties) / 64.0 : random.Next(1, 1 << 22) / (double)(1 << 22);
            return new Row(forecast, random.NextDouble() < forecast ? 1 : 0, isWeighted ? random.Next(1, 9) / 4.0 : 1);
        })];
    }

    private sealed record Row(double Forecast, double Label, double Weight);
}

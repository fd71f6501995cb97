using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Drift where there is some, where there is none, and against counting.</summary>
public sealed class DriftTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void What_moved_is_found_and_how_far()
    {
        BinaryCrossEntropyMetrics reference = Evaluate(Draw(3000, 1)), current = Evaluate(Draw(3000, 2, power: 2));
        var drift = current.DriftFrom(reference);
        Assert.Equal(["log-loss", "share of class 1", "forecasts of class 1"], drift.Select(d => d.Quantity));
        Assert.Equal(current.ClippedLogLoss - reference.ClippedLogLoss, drift[0].Value, 1e-12);
        Assert.Equal((current.Classes[1].Support - reference.Classes[1].Support) / 3000.0, drift[1].Value, 1e-12);
        // Forecasts are u and u^2, u uniform: shares 1/2 and 1/3; u - u^2 differs from 0 by at most 1/4.
        Assert.InRange(-1 / 6.0, drift[1].Interval.Lower, drift[1].Interval.Upper);
        Assert.InRange(0.25, drift[2].Interval.Lower, drift[2].Interval.Upper);
        Assert.All(drift.Skip(1), d => Assert.True(d.AdjustedPValue < 1e-9, d.ToString()));
        Assert.All(drift, d => Assert.True(d.AdjustedPValue >= d.PValue && d.Statistic.Length > 0));
    }

    [Theory]
    [InlineData(200, 300)]
    [InlineData(ScoreDistribution.ExactRows + 1, 500)]
    public void The_distance_of_forecasts_is_the_largest_difference_of_shares(int one, int other)
    {
        (var x, var y) = (Draw(one, 5), Draw(other, 6, power: 1.2));
        var distance = Evaluate(x).DriftFrom(Evaluate(y))[2].Value;
        // At the edges of buckets where either has more rows than are kept: 2^-8 of a forecast apart.
        var places = x.Concat(y).Select(r => r.Forecast).Distinct().Order().ToArray();
        double[] sortedX = [.. x.Select(r => r.Forecast).Order()], sortedY = [.. y.Select(r => r.Forecast).Order()];
        double slow = 0;
        int i = 0, j = 0;
        foreach (var place in places)
        {
            while (i < sortedX.Length && sortedX[i] <= place)
                i++;
            while (j < sortedY.Length && sortedY[j] <= place)
                j++;
            slow = Math.Max(slow, Math.Abs(i / (double)one - j / (double)other));
        }
        Assert.Equal(slow, distance, one > ScoreDistribution.ExactRows ? 0.01 : 1e-12);
    }

    [Theory]
    [InlineData(0, "no row behind the reference", "log-loss", "share of class 1", "forecasts of class 1")]
    [InlineData(1, "fewer than two effective rows behind the reference", "log-loss")]
    public void What_is_NaN_says_why(int rows, string reason, params string[] undefined)
    {
        var drift = Evaluate(Draw(50, 1)).DriftFrom(Evaluate(Draw(rows, 2)));
        Assert.Equal(undefined, drift.Where(d => double.IsNaN(d.Value + d.PValue + d.Interval.Lower + d.Interval.Upper)).Select(d => d.Quantity));
        Assert.All(drift, d => Assert.Equal(undefined.Contains(d.Quantity), d.Warnings.Any(w => w.Contains(reason, StringComparison.Ordinal))));
        Assert.Contains(reason, drift[0].ToString(), StringComparison.Ordinal);
        var both = Evaluate(Draw(0, 1)).DriftFrom(Evaluate(Draw(0, 2)));
        Assert.All(both, d => Assert.Equal(2, d.Warnings.Count));
    }

    /// <summary>
    /// 300 pairs of sets of one kind: each test says "changed" at the 5 % level in about 5 % of them, within three standard errors; that of
    /// Kolmogorov and Smirnov in no more, since forecasts of few values tie.
    /// </summary>
    [Fact]
    public void Where_nothing_changed_each_test_seldom_says_so()
    {
        const int Pairs = 300;
        var found = new int[3];
        for (var pair = 0; pair < Pairs; pair++)
        {
            var drift = Evaluate(Draw(300, 2 * pair + 1000)).DriftFrom(Evaluate(Draw(200, 2 * pair + 1001)));
            for (var k = 0; k < 3; k++)
                found[k] += drift[k].PValue < 0.05 ? 1 : 0;
        }
        var margin = 3 * Math.Sqrt(0.05 * 0.95 * Pairs);
        Assert.All(found, count => Assert.InRange(count, 0, 0.05 * Pairs + margin));
        Assert.All(found[..2], count => Assert.True(count >= Math.Max(0.05 * Pairs - margin, 1)));
    }

    [Fact]
    public void Models_of_other_classes_are_refused()
    {
        var three = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1, 2], [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]));
        var two = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1], [[0.5, 0.5], [0.5, 0.5]]));
        Assert.Contains("same model", Assert.Throws<ArgumentException>(() => three.DriftFrom(two)).Message, StringComparison.Ordinal);
        Assert.Equal(7, three.DriftFrom(three).Count);
        Assert.All(three.DriftFrom(three), d => Assert.Equal(0, d.Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => three.DriftFrom(three, confidenceLevel: 1));
        Assert.Throws<ArgumentNullException>(() => three.DriftFrom(null!));
    }

    private static (double Forecast, double Label)[] Draw(int count, int seed, double power = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)Math.Pow(random.NextDouble(), power)).Select(q => (q, random.NextDouble() < q ? 1.0 : 0))];
    }

    private BinaryCrossEntropyMetrics Evaluate((double Forecast, double Label)[] rows) => _ml.BinaryClassification.EvaluateCrossEntropy(
        ScoredData.Binary([.. rows.Select(r => r.Label)], [.. rows.Select(r => r.Forecast)]),
        new BinaryEvaluationOptions { ScoreColumnName = null, NumberOfThreads = 1 });
}

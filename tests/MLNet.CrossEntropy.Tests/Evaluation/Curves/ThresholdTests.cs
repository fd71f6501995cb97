using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Chosen thresholds against trying all of them, and their intervals against rows never seen.</summary>
public sealed class ThresholdTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_other_threshold_does_better(int seed)
    {
        (double[] labels, double[] forecasts, double[] weights) = Draw(400, seed);
        var curves = Evaluate(labels, forecasts, weights).Curves!;
        double positives = labels.Zip(weights).Sum(r => r.First * r.Second), all = weights.Sum();
        (double Tp, double Fp)[] every = [(0, 0), .. forecasts.Distinct().Select(t => (
            Enumerable.Range(0, labels.Length).Where(i => forecasts[i] >= t).Sum(i => labels[i] * weights[i]),
            Enumerable.Range(0, labels.Length).Where(i => forecasts[i] >= t).Sum(i => (1 - labels[i]) * weights[i])))];

        foreach (var target in new[] { 0.5, 0.7, 0.9 })
        {
            var recall = every.Where(p => p.Tp / (p.Tp + p.Fp) >= target).Max(p => p.Tp / positives);
            Assert.Equal(recall, curves.RecallAtPrecision(target), 1e-12);
            var byPrecision = curves.ThresholdFor(precision: target, resamples: 0).Point;
            Assert.Equal(recall, byPrecision.Recall, 1e-12);
            Assert.True(byPrecision.Precision >= target - 1e-12);

            var precision = every.Where(p => p.Tp / positives >= target).Max(p => p.Tp / (p.Tp + p.Fp));
            Assert.Equal(precision, curves.PrecisionAtRecall(target), 1e-12);
            var byRecall = curves.ThresholdFor(recall: target, resamples: 0).Point;
            Assert.Equal(precision, byRecall.Precision, 1e-12);
            Assert.True(byRecall.Recall >= target - 1e-12);

            (var fp, var fn) = (1 - target, target);
            var chosen = curves.ThresholdFor(costs: (fp, fn), resamples: 0).Point;
            Assert.Equal(every.Min(p => (fp * p.Fp + fn * (positives - p.Tp)) / all), chosen.Cost(fp, fn), 1e-12);
            // Applied to the rows it does what it says.
            var predicted = Enumerable.Range(0, labels.Length).Where(i => forecasts[i] >= chosen.Threshold).Sum(i => weights[i]);
            Assert.Equal(predicted / all, chosen.PredictedShare, 1e-12);
        }
    }

    [Fact]
    public void A_share_of_weights_that_rounding_misses_is_reached()
    {
        double[] labels = [.. Enumerable.Repeat(1.0, 99), 0, 0], forecasts = [.. Enumerable.Repeat(0.75, 100), 0.25];
        var curves = Evaluate(labels, forecasts, [.. Enumerable.Repeat(0.1, 101)]).Curves!;
        Assert.Equal(1, curves.RecallAtPrecision(0.99), 1e-12);
        Assert.Equal(0, curves.RecallAtPrecision(0.995));
    }

    [Fact]
    public void Perfect_forecasts_are_told_apart_in_the_middle()
    {
        var curves = Evaluate([0, 0, 1, 1], [0.125, 0.25, 0.75, 0.875], [1, 1, 1, 1]).Curves!;
        ChosenThreshold[] chosen =
            [curves.ThresholdFor(precision: 1), curves.ThresholdFor(recall: 0.3), curves.ThresholdFor(costs: (1, 1))];
        Assert.All(chosen, c => Assert.Equal((0.5, 1.0, 1.0), (c.Point.Threshold, c.Point.Precision, c.Point.Recall)));
        Assert.All(chosen, c => Assert.Equal(0, c.Point.Logit, 1e-15));
    }

    [Fact]
    public void Intervals_are_the_same_bits_for_a_seed_whatever_the_threads()
    {
        (double[] labels, double[] forecasts, double[] weights) = Draw(500, 9);
        ChosenThreshold Choose(int threads, int seed) =>
            Evaluate(labels, forecasts, weights, threads).Curves!.ThresholdFor(precision: 0.8, resamples: 100, seed: seed);
        Assert.Equal(Choose(1, 7), Choose(3, 7));
        Assert.NotEqual(Choose(1, 7).RecallInterval, Choose(1, 8).RecallInterval);
    }

    /// <summary>
    /// 150 samples each choose a threshold; what it does on all rows of the kind, known from the forecasts' distribution, lies in the
    /// interval of 95 % of them, which three standard errors of that count allow to be 89.7 %.
    /// </summary>
    [Theory]
    [InlineData(0.8, 0)]
    [InlineData(0, 0.7)]
    public void Intervals_hold_what_the_threshold_does_on_other_rows(double precision, double recall)
    {
        const int Samples = 150;
        int precisionHeld = 0, recallHeld = 0;
        for (var sample = 0; sample < Samples; sample++)
        {
            (double[] labels, double[] forecasts, _) = Draw(600, 1000 + sample);
            var curves = Evaluate(labels, forecasts, [.. labels.Select(_ => 1.0)], threads: 1).Curves!;
            var chosen = curves.ThresholdFor(precision > 0 ? precision : null, recall > 0 ? recall : null, resamples: 200);
            // Forecasts are q = i / 512, i uniform on 1 to 511, and right: a row is positive with probability q.
            double[] above = [.. Enumerable.Range(1, 511).Select(i => i / 512.0).Where(q => q >= chosen.Point.Threshold)];
            precisionHeld += IsIn(chosen.PrecisionInterval, above.Average()) ? 1 : 0;
            recallHeld += IsIn(chosen.RecallInterval, above.Sum() / 255.5) ? 1 : 0;
        }
        Assert.InRange(precisionHeld, 0.897 * Samples, Samples);
        Assert.InRange(recallHeld, 0.897 * Samples, Samples);

        static bool IsIn(ConfidenceInterval interval, double value) => interval.Lower <= value && value <= interval.Upper;
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(4000)]
    public void Draws_have_the_moments_of_their_distribution(double mean)
    {
        const int Draws = 40_000;
        PoissonDraws random = new(5);
        double[] draws = [.. Enumerable.Range(0, Draws).Select(_ => random.Next(mean))];
        // Standard errors: of the mean sqrt(m / n), of the variance sqrt((m + 2 m^2) / n), of the third moment below sqrt(15 m^3 + 25 m^2 + m).
        Assert.Equal(mean, draws.Average(), 4 * Math.Sqrt(mean / Draws));
        Assert.Equal(mean, draws.Average(d => Math.Pow(d - mean, 2)), 4 * Math.Sqrt((mean + 2 * mean * mean) / Draws));
        var third = Math.Sqrt((15 * mean * mean * mean + 25 * mean * mean + mean) / Draws);
        Assert.Equal(mean, draws.Average(d => Math.Pow(d - mean, 3)), 4 * third);
    }

    [Fact]
    public void The_logit_is_a_threshold_for_the_model_itself()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Example(i % 7 + i * 37 % 11 > 7, [i % 7, i % 5])));
        var model = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy().Fit(data);
        var point = _ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(data)).Curves!.ThresholdFor(recall: 0.9, resamples: 0).Point;
        var changed = _ml.BinaryClassification.ChangeModelThreshold(model, (float)point.Logit);
        var predicted = _ml.Data.CreateEnumerable<Predicted>(changed.Transform(data), reuseRowObject: false).ToArray();
        Assert.Equal(point.TruePositives, predicted.Count(p => p.PredictedLabel && p.Label));
        Assert.Equal(point.FalsePositives, predicted.Count(p => p.PredictedLabel && !p.Label));
    }

    [Fact]
    public void What_cannot_be_chosen_is_refused()
    {
        var curves = Evaluate([1, 0, 1, 0], [0.25, 0.5, 0.5, 0.75], [1, 1, 1, 1]).Curves!;
        Assert.Contains("the highest is 0.5", Assert.Throws<InvalidOperationException>(() => curves.ThresholdFor(precision: 0.9)).Message, StringComparison.Ordinal);
        Assert.Contains("exactly one", Assert.Throws<ArgumentException>(() => curves.ThresholdFor()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => curves.ThresholdFor(precision: 0.5, recall: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => curves.ThresholdFor(precision: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => curves.ThresholdFor(recall: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => curves.ThresholdFor(costs: (-1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => curves.ThresholdFor(recall: 0.5, resamples: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => curves.At(double.NaN));
        var oneClass = Evaluate([1, 1], [0.25, 0.5], [1, 1]).Curves!;
        Assert.Contains("rows of both", Assert.Throws<InvalidOperationException>(() => oneClass.ThresholdFor(recall: 0.5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_precision_that_resamples_miss_makes_the_threshold_uncertain()
    {
        // In a resample whose highest row is negative none has precision 1.
        var chosen = Evaluate([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 1, 1, 1, 1, 1]).Curves!
            .ThresholdFor(precision: 1, resamples: 2000);
        // Neither of the two highest rows is drawn with probability exp(-2); of those resamples some have no other.
        Assert.InRange(chosen.UnreachedShare, 0.02, Math.Exp(-2) + 0.03);
        Assert.Equal(double.PositiveInfinity, chosen.ThresholdInterval.Upper);
    }

    private static (double[] Labels, double[] Forecasts, double[] Weights) Draw(int rows, int seed)
    {
        Random random = new(seed);
        double[] forecasts = [.. Enumerable.Range(0, rows).Select(_ => random.Next(1, 512) / 512.0)];
        return (
            [.. forecasts.Select(q => random.NextDouble() < q ? 1.0 : 0)], forecasts,
            [.. forecasts.Select(_ => random.Next(1, 9) / 4.0)]);
    }

    private BinaryCrossEntropyMetrics Evaluate(double[] labels, double[] forecasts, double[] weights, int? threads = null) =>
        _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary(labels, forecasts, weights: weights),
            new BinaryEvaluationOptions { ScoreColumnName = null, ExampleWeightColumnName = "Weight", NumberOfThreads = threads });

    private sealed record Example(bool Label, [property: Microsoft.ML.Data.VectorType(2)] float[] Features);

    private sealed class Predicted
    {
        public bool Label { get; set; }

        public bool PredictedLabel { get; set; }
    }
}

using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

public sealed class ReliabilityTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_forecast_of_0_is_in_the_first_bin_and_of_1_in_the_last()
    {
        var diagram = Evaluate([0, 1, 0, 1], [0, 1, 1, 0], bins: 15);
        Assert.Equal(15, diagram.Bins.Count);
        Assert.Equal((2, 0.0, 0.5), (diagram.Bins[0].Weight, diagram.Bins[0].Confidence, diagram.Bins[0].Frequency));
        Assert.Equal((2, 1.0, 0.5), (diagram.Bins[14].Weight, diagram.Bins[14].Confidence, diagram.Bins[14].Frequency));
        Assert.Equal(0.5, diagram.ExpectedCalibrationError, 1e-15);
        Assert.Equal(0.5, diagram.MaximumCalibrationError, 1e-15);
    }

    [Fact]
    public void Empty_bins_are_NaN_and_do_not_count()
    {
        var diagram = Evaluate([1, 0], [0.75, 0.75], bins: 15);
        Assert.All(
            diagram.Bins.Where(b => b.Weight == 0), b =>
            Assert.True(double.IsNaN(b.Confidence) && double.IsNaN(b.Frequency) && double.IsNaN(b.Gap)));
        Assert.Equal(14, diagram.Bins.Count(b => b.Weight == 0));
        Assert.Equal(0.25, diagram.ExpectedCalibrationError, 1e-15);
    }

    [Fact]
    public void One_bin_holds_everything()
    {
        var diagram = Evaluate([1, 0, 1], [0.25, 0.5, 1], bins: 1);
        Assert.Equal(Math.Abs(2 / 3.0 - 1.75 / 3), diagram.ExpectedCalibrationError, 1e-15);
    }

    [Fact]
    public void No_rows_no_error()
    {
        var diagram = Evaluate([], [], bins: 3);
        Assert.True(double.IsNaN(diagram.ExpectedCalibrationError) && double.IsNaN(diagram.MaximumCalibrationError));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(1000)]
    public void An_edge_belongs_to_the_bin_below(int bins)
    {
        // Edges b / M as doubles themselves: no rounding of a product may carry one across.
        List<ScoreGroup> groups = [];
        for (var b = 1; b <= bins; b++)
        {
            groups.Add(new((double)b / bins, 1 - (double)b / bins, 1, 0, 1));
            groups.Add(new(Math.BitIncrement((double)(b - 1) / bins), 0.5, 1, 0, 1));
        }
        Assert.All(ReliabilityAccumulator.Of(groups, bins).Bins, bin => Assert.Equal(2, bin.Weight));
    }

    [Fact]
    public void Equal_forecasts_stay_in_one_bin_of_equal_mass()
    {
        double[] forecasts = [0.125, 0.125, 0.125, 0.125, 0.125, 0.5, 0.75, 1];
        var diagram = _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([0, 0, 1, 0, 0, 1, 1, 1], forecasts),
            new BinaryEvaluationOptions { ScoreColumnName = null, ReliabilityBins = 4 }).EqualMassReliability!;
        Assert.Equal([5.0, 1, 2], diagram.Bins.Select(b => b.Weight));
        Assert.Equal([0.125, 0.5, 1], diagram.Bins.Select(b => b.Upper));
    }

    [Fact]
    public void Chance_explains_the_ECE_of_calibrated_forecasts_and_not_of_others()
    {
        Random random = new(20240601);
        double[] forecasts = [.. Enumerable.Range(0, 4000).Select(_ => (double)random.NextSingle())];
        double[] calibrated = [.. forecasts.Select(p => random.NextDouble() < p ? 1.0 : 0)];
        double[] overconfident = [.. forecasts.Select(p => random.NextDouble() < 0.5 + (p - 0.5) / 2 ? 1.0 : 0)];

        // 50 draws of labels from the same forecasts: the mean ECE is what ExpectedUnderPerfectCalibration predicts.
        var mean = Enumerable.Range(0, 50).Average(_ =>
            Evaluate([.. forecasts.Select(p => random.NextDouble() < p ? 1.0 : 0)], forecasts, 15).ExpectedCalibrationError);
        ReliabilityDiagram good = Evaluate(calibrated, forecasts, 15), bad = Evaluate(overconfident, forecasts, 15);
        Assert.Equal(mean, good.ExpectedUnderPerfectCalibration, 0.001);
        Assert.True(bad.ExpectedCalibrationError > 5 * bad.ExpectedUnderPerfectCalibration);

        // Forecasts are uniform and wrong by half their distance from 1/2: root mean square 1 / (4 sqrt 3).
        Assert.Equal(1 / (4 * Math.Sqrt(3)), bad.DebiasedRootMeanSquare, 0.01);

        // Calibrated: 0 but for the noise of 15 bins of 267 rows, whose mean square has a standard deviation of 2.3e-4.
        Assert.True(good.DebiasedRootMeanSquare < Math.Sqrt(2 * 2.3e-4));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(26, 2, 2)]
    [InlineData(27, 3, 2)]
    [InlineData(1000, 10, 10)]
    [InlineData(3375, 15, 10)]
    [InlineData(8000, 20, 20)]
    [InlineData(70_000, 41, 40)]
    public void Rows_say_how_many_bins_there_are(int rows, int equalMass, int equalWidth)
    {
        Random random = new(rows);
        double[] forecasts = [.. Enumerable.Range(0, rows).Select(_ => (double)random.NextSingle())];
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary([.. forecasts.Select(p => random.NextDouble() < p ? 1.0 : 0)], forecasts),
            new BinaryEvaluationOptions { ScoreColumnName = null });
        Assert.Equal((equalMass, equalWidth), (metrics.EqualMassReliability!.Bins.Count, metrics.Reliability!.Bins.Count));
        for (var b = 0; b < equalWidth; b++)
        {
            var bin = metrics.Reliability.Bins[b];
            Assert.Equal(((double)b / equalWidth, (b + 1.0) / equalWidth), (bin.Lower, bin.Upper));
            Assert.Equal(forecasts.Count(q => q > bin.Lower && q <= bin.Upper), bin.Weight);
            Assert.Equal(bin.Weight, bin.EffectiveRows, 1e-9);
        }
        Assert.All(metrics.EqualMassReliability.Bins, bin => Assert.InRange(bin.Weight * equalMass / rows, 0.9, 1.1));
    }

    [Fact]
    public void A_bin_has_the_exact_interval_of_its_frequency()
    {
        // Of 10 rows 3 came true: Clopper and Pearson's interval of scipy.stats.beta.
        var bin = Evaluate([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [.. Enumerable.Repeat(0.5, 10)], bins: 1).Bins[0];
        Assert.Equal(0.06673951117773447, bin.Interval().Lower, 1e-10);
        Assert.Equal(0.6524528500599973, bin.Interval().Upper, 1e-10);
        Assert.True(double.IsNaN(Evaluate([1], [0.75], bins: 2).Bins[0].Interval().Lower));
        Assert.Throws<ArgumentOutOfRangeException>(() => bin.Interval(1));
    }

    /// <summary>
    /// 200 tables a case: the interval holds the bins' true calibration error, 0 or that of forecasts whose distance from a half is to be
    /// scaled, in at least 95 % of them less three standard errors.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0.8)]
    [InlineData(0.5)]
    public void The_error_interval_covers_what_chance_adds_nothing_to(double scale)
    {
        const int Tables = 200, Bins = 10, Values = 100;
        Random random = new(17);
        // Ten values a bin, equally likely.
        double[] values = [.. Enumerable.Range(0, Values).Select(i => (i + 0.5) / Values)];
        var truth = values.Average(q => Math.Abs(q - 0.5) * (1 - scale));
        var held = 0;
        for (var table = 0; table < Tables; table++)
        {
            double[] forecasts = [.. Enumerable.Range(0, 500).Select(_ => values[random.Next(Values)])];
            var interval = Evaluate([.. forecasts.Select(q => random.NextDouble() < 0.5 + scale * (q - 0.5) ? 1.0 : 0)], forecasts, Bins).ErrorInterval();
            held += interval.Lower <= truth && truth <= interval.Upper ? 1 : 0;
        }
        Assert.InRange(held, Tables * (0.95 - 3 * Math.Sqrt(0.95 * 0.05 / Tables)), Tables);
    }

    private ReliabilityDiagram Evaluate(double[] labels, double[] forecasts, int bins) =>
        _ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary(labels, forecasts),
            new BinaryEvaluationOptions { ScoreColumnName = null, ReliabilityBins = bins }).Reliability!;
}

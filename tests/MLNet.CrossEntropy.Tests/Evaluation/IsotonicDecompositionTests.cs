using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

public sealed class IsotonicDecompositionTests
{
    private static readonly LossFloor Floor = new(1e-15, fromLogits: false);

    [Fact]
    public void Scores_and_uncertainty_are_hand_computed()
    {
        List<ScoreGroup> groups = [Group(0.1, 0, 1), Group(0.4, 1, 0), Group(0.6, 0, 1), Group(0.8, 1, 0)];
        var brier = Split(groups).Brier;
        Assert.Equal((0.01 + 0.36 + 0.36 + 0.04) / 4, brier.Score, 1e-15);
        Assert.Equal(0.25, brier.Uncertainty, 1e-15);

        var logLoss = Split(groups).LogLoss;
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.4) + Math.Log(0.8)) / 4, logLoss.Score, 1e-15);
        Assert.Equal(Math.Log(2), logLoss.Uncertainty, 1e-15);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(44)]
    [InlineData(120)]
    public void Each_fold_is_recalibrated_by_a_slow_regression_of_the_others(int rows)
    {
        Random random = new(rows);
        List<ScoreGroup> groups = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble()).Order()
            .Select(q => random.NextDouble() < q * q ? Group(q, 1, 0) : Group(q, 0, 1))];
        int[] folds = [.. groups.Select(g => CrossFit.FoldOf(g, 0))];
        double[] recalibrated = [.. groups.Select((_, i) => SlowValue(groups, folds, i))];
        double[] losses = [.. groups.Zip(recalibrated, (g, y) => -Math.Log(g.Positive == 1 ? y : 1 - y))];
        double[] gains = [.. groups.Zip(losses, (g, after) => -Math.Log(g.Positive == 1 ? g.Probability : g.Complement) - after)];
        var split = Split(groups);
        Assert.Equal(gains.Average(), split.LogLoss.Miscalibration, 1e-9);
        Assert.Equal(split.LogLoss.Uncertainty - losses.Average(), split.LogLoss.Discrimination, 1e-9);
        var variance = gains.Average(d => d * d) - gains.Average() * gains.Average();
        Assert.Equal(Math.Sqrt(variance / (rows - 1)), split.LogLoss.MiscalibrationStandardError, 1e-9);
        Assert.Equal(
            groups.Zip(recalibrated, (g, y) => (g.Positive - y) * (g.Positive - y)).Average(), split.Brier.Score - split.Brier.Miscalibration,
            1e-9);
    }

    [Fact]
    public void Few_calibrated_rows_promise_no_gain_on_average()
    {
        // In its own sample isotonic regression would gain 0.1 nats of nothing.
        Random random = new(1);
        double sum = 0, ownSample = 0;
        const int Samples = 200, Rows = 44;
        for (var sample = 0; sample < Samples; sample++)
        {
            List<ScoreGroup> groups = [.. Enumerable.Range(0, Rows).Select(_ => 0.05 + 0.9 * random.NextDouble()).Order()
                .Select(q => random.NextDouble() < q ? Group(q, 1, 0) : Group(q, 0, 1))];
            sum += Split(groups).LogLoss.Miscalibration;
            double[] fitted = [.. groups.Select((_, i) => SlowFit(groups, j => true, i).Value)];
            ownSample += Split(groups).LogLoss.Score
                - groups.Zip(fitted, (g, y) => g.Positive == 1 ? -Math.Log(y) : y == 1 ? 0 : -Math.Log(1 - y)).Average();
        }
        Assert.True(sum / Samples < 0, $"{sum / Samples}");
        Assert.True(ownSample / Samples > 0.05, $"{ownSample / Samples}");
    }

    [Fact]
    public void Of_many_rows_the_gain_is_what_calibration_is_worth()
    {
        // Forecasts q of events of probability p = q^2: recalibrating gains the mean of KL(p || q).
        Random random = new(2);
        double[] forecasts = [.. Enumerable.Range(0, 40_000).Select(_ => 0.05 + 0.9 * random.NextDouble()).Order()];
        var split = Split([.. forecasts.Select(q => random.NextDouble() < q * q ? Group(q, 1, 0) : Group(q, 0, 1))]).LogLoss;
        var expected = forecasts.Average(q => q * q * Math.Log(q) + (1 - q * q) * Math.Log((1 - q * q) / (1 - q)));
        Assert.InRange(split.Miscalibration, expected - 3 * split.MiscalibrationStandardError, expected + 3 * split.MiscalibrationStandardError);
        Assert.InRange(split.MiscalibrationStandardError, 0, expected / 10);
    }

    [Fact]
    public void Calibrated_forecasts_of_many_rows_have_no_miscalibration()
    {
        List<ScoreGroup> groups = [Group(0.25, 10_000, 30_000), Group(0.5, 20_000, 20_000), Group(0.75, 30_000, 10_000)];
        foreach (var split in new[] { Split(groups).Brier, Split(groups).LogLoss })
            Assert.InRange(split.Miscalibration, -3 * split.MiscalibrationStandardError - 1e-6, 3 * split.MiscalibrationStandardError + 1e-6);
    }

    [Fact]
    public void A_reversed_order_discriminates_nothing()
    {
        List<ScoreGroup> groups = [Group(0.25, 3000, 1000), Group(0.75, 1000, 3000)];
        Assert.Equal(0, Split(groups).Brier.Discrimination, 1e-4);
    }

    [Fact]
    public void The_opposite_event_is_split_alike()
    {
        List<ScoreGroup> groups = [Group(0.1, 2, 7), Group(0.3, 1, 0), Group(0.6, 5, 4), Group(0.8, 1, 0), Group(0.9, 0, 1)];
        List<ScoreGroup> mirrored = [.. groups.AsEnumerable().Reverse().Select(g => g.Mirrored())];
        Assert.Equal(Split(groups).LogLoss.Miscalibration, Split(mirrored).LogLoss.Miscalibration, 1e-12);
        // The parts of two classes are the split of both.
        Assert.Equal(
            Split(groups).LogLoss.Miscalibration,
            Split(groups).ClassLogLoss.Miscalibration + Split(mirrored).ClassLogLoss.Miscalibration, 1e-12);
    }

    [Fact]
    public void A_certain_wrong_forecast_costs_no_more_than_the_floor() =>
        Assert.Equal(Floor.Largest / 2, Split([Group(0, 1, 0), Group(1, 1, 0)]).LogLoss.Score, 1e-13);

    [Fact]
    public void A_group_of_both_outcomes_costs_what_its_rows_cost()
    {
        var split = Split([Group(0.25, 2, 3)]);
        Assert.Equal((2 * Math.Log(4) - 3 * Math.Log(0.75)) / 5, split.LogLoss.Score, 1e-15);
        Assert.Equal(2 * Math.Log(4) / 5, split.ClassLogLoss.Score, 1e-15);
        Assert.Equal(-0.4 * Math.Log(0.4), split.ClassLogLoss.Uncertainty, 1e-15);
    }

    /// <summary>The recalibrated forecast of a row by the rows of other folds; between two blocks the mean of theirs.</summary>
    private static double SlowValue(List<ScoreGroup> groups, int[] folds, int row)
    {
        bool isOther(int j) => folds[j] != folds[row];
        int[] others = [.. Enumerable.Range(0, groups.Count).Where(isOther)];
        if (others.Length == 0)
            return 0.5;
        int below = others.LastOrDefault(j => j < row, -1), above = others.FirstOrDefault(j => j > row, -1);
        double[] around = [.. new[] { below, above }.Where(j => j >= 0).Select(j => SlowFit(groups, isOther, j)).Select(b => (b.Hits + 0.5) / (b.Rows + 1))];
        return around.Average();
    }

    /// <summary>Isotonic regression by its max-min formula, and the block of rows that share a row's value.</summary>
    private static (double Value, double Hits, int Rows) SlowFit(List<ScoreGroup> groups, Func<int, bool> isIn, int row)
    {
        ScoreGroup[] rows = [.. groups.Where((_, j) => isIn(j))];
        var at = Enumerable.Range(0, row).Count(isIn);
        double[] sums = [0, .. rows.Select(g => g.Positive)];
        for (var i = 1; i < sums.Length; i++)
            sums[i] += sums[i - 1];
        double value(int i) => Enumerable.Range(0, i + 1)
            .Max(a => Enumerable.Range(i, rows.Length - i).Min(b => (sums[b + 1] - sums[a]) / (b + 1 - a)));
        var own = value(at);
        (var first, var last) = (at, at);
        while (first > 0 && Math.Abs(value(first - 1) - own) < 1e-12)
            first--;
        while (last < rows.Length - 1 && Math.Abs(value(last + 1) - own) < 1e-12)
            last++;
        return (own, sums[last + 1] - sums[first], last + 1 - first);
    }

    private static IsotonicDecomposition Split(List<ScoreGroup> groups) =>
        IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), Floor);

    private static ScoreGroup Group(double probability, double positive, double negative) =>
        new(probability, 1 - probability, positive, negative, positive + negative);
}

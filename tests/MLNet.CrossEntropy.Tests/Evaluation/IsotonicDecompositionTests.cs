using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

public sealed class IsotonicDecompositionTests
{
    private static readonly double FloorLoss = -Math.Log(1e-15);

    [Fact]
    public void Hand_computed()
    {
        // Outcomes 0, 1, 0, 1 by rising forecast: the middle two are pooled at 1/2, recalibrated Brier (1/4 + 1/4) / 4.
        List<ScoreGroup> groups = [Group(0.1, 0, 1), Group(0.4, 1, 0), Group(0.6, 0, 1), Group(0.8, 1, 0)];
        var brier = Split(groups).Brier;
        Assert.Equal((0.01 + 0.36 + 0.36 + 0.04) / 4, brier.Score, 1e-15);
        Assert.Equal(brier.Score - 0.125, brier.Miscalibration, 1e-15);
        Assert.Equal(0.25 - 0.125, brier.Discrimination, 1e-15);
        Assert.Equal(0.25, brier.Uncertainty, 1e-15);

        var logLoss = Split(groups).LogLoss;
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.4) + Math.Log(0.8)) / 4, logLoss.Score, 1e-15);
        Assert.Equal(logLoss.Score - Math.Log(2) / 2, logLoss.Miscalibration, 1e-15);
        Assert.Equal(Math.Log(2) / 2, logLoss.Discrimination, 1e-15);
        Assert.Equal(Math.Log(2), logLoss.Uncertainty, 1e-15);
    }

    [Fact]
    public void Calibrated_forecasts_have_no_miscalibration()
    {
        List<ScoreGroup> groups = [Group(0.25, 1, 3), Group(0.5, 2, 2), Group(0.75, 3, 1)];
        Assert.Equal(0, Split(groups).Brier.Miscalibration, 1e-15);
        Assert.Equal(0, Split(groups).LogLoss.Miscalibration, 1e-15);
    }

    [Fact]
    public void A_reversed_order_discriminates_nothing()
    {
        List<ScoreGroup> groups = [Group(0.25, 3, 1), Group(0.75, 1, 3)];
        Assert.Equal(0, Split(groups).Brier.Discrimination, 1e-15);
    }

    [Fact]
    public void A_certain_wrong_forecast_costs_no_more_than_the_floor() =>
        Assert.Equal(FloorLoss / 2, Split([Group(0, 1, 0), Group(1, 1, 0)]).LogLoss.Score, 1e-13);

    [Fact]
    public void A_group_of_both_outcomes_costs_what_its_rows_cost()
    {
        var split = Split([Group(0.25, 2, 3)]);
        Assert.Equal((2 * Math.Log(4) - 3 * Math.Log(0.75)) / 5, split.LogLoss.Score, 1e-15);
        Assert.Equal(2 * Math.Log(4) / 5, split.ClassLogLoss.Score, 1e-15);
        Assert.Equal(-0.4 * Math.Log(0.4), split.ClassLogLoss.Uncertainty, 1e-15);
    }

    private static IsotonicDecomposition Split(List<ScoreGroup> groups) =>
        IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), FloorLoss);

    private static ScoreGroup Group(double probability, double positive, double negative) =>
        new(probability, 1 - probability, positive, negative, positive + negative);
}

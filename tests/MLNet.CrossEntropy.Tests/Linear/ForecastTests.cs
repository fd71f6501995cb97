using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What is foretold of objectives whose limit is known.</summary>
public sealed class ForecastTests
{
    private const double Limit = 2;

    [Theory]
    [InlineData(12, 1)]
    [InlineData(12, 3)]
    [InlineData(30, 0.5)]
    [InlineData(60, 2)]
    public void A_power_of_the_epochs_is_foretold_exactly(int epochs, double power)
    {
        double LeftAfter(double n) => 0.5 * Math.Pow(n, -power) / (Limit + 0.5 * Math.Pow(epochs, -power));
        var (left, more) = Forecast.Of(History(epochs, n => Limit + 0.5 * Math.Pow(n, -power)), LeftAfter(2 * epochs));
        Assert.Equal(1, left / LeftAfter(epochs), 1e-6);
        Assert.Equal(1, more / epochs, 1e-5);
    }

    [Theory]
    [InlineData(12, 0.5, 0.9)]
    [InlineData(24, 0.3, 0.95)]
    [InlineData(24, 0.7, 0.97)]
    public void Where_slow_ways_down_hide_behind_fast_ones_half_of_what_is_left_is_foretold_at_least(int epochs, double fast, double slow)
    {
        double Left(double n) => 0.5 * Math.Pow(fast, n) + 0.05 * Math.Pow(slow, n);
        var least = Left(epochs) / (Limit + Left(epochs));
        // Near is half of the 0.1 % that may be left.
        Assert.InRange(Forecast.Of(History(epochs, n => Limit + Left(n)), 1e-4).Left, least / 2, double.PositiveInfinity);
    }

    [Fact]
    public void What_falls_fast_is_foretold_to_be_done()
        => Assert.InRange(Forecast.Of(History(16, n => Limit + Math.Pow(0.4, n)), 1e-4).Left, 0, 1e-4);

    [Fact]
    public void Nothing_is_foretold_of_too_few_epochs_nor_of_objectives_that_rise_or_fall_as_fast_as_ever()
    {
        Assert.Equal((double.PositiveInfinity, 0), Forecast.Of(History(11, n => Limit + Math.Pow(0.4, n)), 1e-4));
        Assert.Equal(double.PositiveInfinity, Forecast.Of(History(20, n => Limit + n), 1e-4).Left);
        Assert.Equal(double.PositiveInfinity, Forecast.Of(History(20, n => Limit - 0.01 * n), 1e-4).Left);
        // Slower than any power: there is more to come than can be told.
        Assert.Equal(double.PositiveInfinity, Forecast.Of(History(20, n => Limit - 0.01 * Math.Pow(Math.Log(n), 2)), 1e-4).Left);
    }

    private static EpochReport[] History(int epochs, Func<double, double> objective) =>
        [.. Enumerable.Range(1, epochs).Select(n => new EpochReport { Epoch = n, Objective = objective(n) })];
}

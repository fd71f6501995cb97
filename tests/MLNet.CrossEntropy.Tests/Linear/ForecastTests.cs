using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class ForecastTests
{
    /// <summary>Objectives <c>1 + t^-q</c>: what is left is known, and is not told too small.</summary>
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 20)]
    [InlineData(2, 60)]
    [InlineData(4, 40)]
    public void What_falls_by_a_power_of_the_time_is_foretold(double power, int epochs)
    {
        var (left, _) = Forecast.Of([.. Enumerable.Range(1, epochs).Select(t => 1 + Math.Pow(t, -power))], 1e-4);
        var truth = Math.Pow(epochs, -power);
        Assert.InRange(left, 0.8 * truth, 2 * truth);
    }

    /// <summary>Of a mixture of fast and slow directions the slow ones are left in the end: no more is promised than is true.</summary>
    [Fact]
    public void Slow_directions_are_not_forgotten()
    {
        double Gap(int t) => Enumerable.Range(1, 16).Sum(i => 1e-3 * Math.Exp(-t / (double)i));
        var (left, more) = Forecast.Of([.. Enumerable.Range(1, 40).Select(t => 1 + Gap(t))], 1e-4);
        Assert.InRange(left, Gap(40), 3 * Gap(40));
        Assert.InRange(more, 1, 100);
    }

    [Fact]
    public void A_fit_that_has_just_become_worse_has_not_settled()
    {
        List<double> objectives = [.. Enumerable.Range(0, 16).Select(t => 1 + Math.Pow(0.5, t))];
        Assert.InRange(Forecast.Of(objectives, 5e-4).Left, 0, 5e-4);
        objectives[^1] = objectives[^3];
        Assert.Equal(double.PositiveInfinity, Forecast.Of(objectives, 5e-4).Left);
    }

    [Fact]
    public void Few_epochs_foretell_nothing() => Assert.Equal(double.PositiveInfinity, Forecast.Of([3, 2, 1], 1e-4).Left);
}

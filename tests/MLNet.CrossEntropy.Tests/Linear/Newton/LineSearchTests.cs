using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>The search along a line on convex functions whose minimum is known.</summary>
public sealed class LineSearchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3e-7)]
    [InlineData(0.4)]
    [InlineData(20)]
    [InlineData(5e8)]
    public void A_parabola_is_left_nearly_flat(double minimum)
    {
        var length = LineSearch.Minimize(Parabola(minimum), minimum * minimum / 2, -minimum);
        Assert.InRange(length, 0.7 * minimum, 1.3 * minimum);
    }

    [Fact]
    public void The_whole_step_is_taken_where_it_is_good_at_one_look()
    {
        var looks = 0;
        var length = LineSearch.Minimize(at => (looks++, Parabola(1.1)(at)).Item2, 1.1 * 1.1 / 2, -1.1);
        Assert.Equal((1.0, 1), (length, looks));
    }

    [Fact]
    public void A_wall_is_not_run_into()
    {
        // Flat as far as 1e-5, then steep, then not a number.
        (double, double) Wall(double at) => at > 1e-2
            ? (double.NaN, double.NaN)
            : (-at + 1e9 * Math.Max(0, at - 1e-5), at > 1e-5 ? 1e9 : -1);
        var length = LineSearch.Minimize(Wall, 0, -1);
        Assert.InRange(length, 1e-6, 1e-5);
    }

    [Fact]
    public void Where_it_only_rises_there_is_no_step() => Assert.Equal(0, LineSearch.Minimize(at => (1 + at, 1), 1, -1e-9));

    private static Func<double, (double Value, double Slope)> Parabola(double minimum)
        => at => ((at - minimum) * (at - minimum) / 2, at - minimum);
}

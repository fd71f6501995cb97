using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Reporting;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>Whatever the range, ticks lie in it, stand evenly, are few, round and written as they are.</summary>
public sealed class NiceTicksTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0x71C5, 0x1D).WithMaxTest(300);

    /// <summary>Ranges of sizes from 1e-12 to 1e9, at 0 or far from it.</summary>
    private static Arbitrary<(double Low, double High)> Ranges => ArbMap.Default.GeneratorFor<int>().Select(seed =>
    {
        Random random = new(seed);
        double size = Math.Pow(10, random.Next(-12, 9)) * (1 + random.NextDouble()),
            low = (random.NextDouble() - 0.5) * size * random.Next(0, 1000);
        return (low, low + size);
    }).ToArbitrary();

    [Fact]
    public void Linear_ticks_are_even_round_and_few() => Check.One(Config, Prop.ForAll(Ranges, range =>
    {
        (var ticks, var step) = NiceTicks.Linear(range.Low, range.High, 6);
        var size = range.High - range.Low;
        Assert.InRange(ticks.Length, 2, 6);
        Assert.All(ticks, t => Assert.InRange(t, range.Low - 1e-8 * size, range.High + 1e-8 * size));
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.Equal(step, pair.Second - pair.First, step * 1e-6));
        Assert.Contains(Math.Round(step / Math.Pow(10, Math.Floor(Math.Log10(step * 1.001))), 9), (double[])[1, 2, 5]);
        Assert.All(ticks, t => Assert.Equal(Math.Round(t / step), t / step, 1e-4));
    }));

    [Fact]
    public void Logarithmic_ticks_are_powers_and_their_simple_multiples() => Check.One(Config, Prop.ForAll(Ranges, range =>
    {
        (var low, var high) = (Math.Abs(range.Low) + 1e-9, Math.Abs(range.Low) + 1e-9 + range.High - range.Low);
        var ticks = NiceTicks.Logarithmic(low, high);
        Assert.True(ticks.Length >= 2);
        Assert.All(ticks, t => Assert.InRange(t, low, high));
        Assert.Equal(ticks.Order(), ticks);
        Assert.Equal(ticks.Distinct(), ticks);
    }));

    [Fact]
    public void Labels_say_the_tick() => Check.One(Config, Prop.ForAll(Ranges, range =>
    {
        (var ticks, var step) = NiceTicks.Linear(range.Low, range.High, 6);
        if (step < 1e-6 || Math.Abs(range.Low) >= 1e6 || Math.Abs(range.High) >= 1e6)
            return;
        Assert.Equal(ticks.Length, ticks.Select(NiceTicks.Label).Distinct().Count());
        Assert.All(
            ticks, t =>
            Assert.Equal(
            t, double.Parse(NiceTicks.Label(t), CultureInfo.InvariantCulture),
            step * 1e-2 + Math.Abs(t) * 1e-3 * (Math.Abs(t) < 1e-4 ? 1 : 0)));
    }));

    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(0, 0.29, "0 0.05 0.1 0.15 0.2 0.25")]
    [InlineData(-3, 7, "-2 0 2 4 6")]
    [InlineData(0, 60000, "0 10,000 20,000 30,000 40,000 50,000 60,000", 7)]
    [InlineData(0, 3e-7, "0 1e-7 2e-7 3e-7")]
    public void Known_axes(double low, double high, string expected, int most = 6) =>
        Assert.Equal(expected, string.Join(" ", NiceTicks.Linear(low, high, most).Ticks.Select(NiceTicks.Label)));

    [Theory]
    [InlineData(0.01, 100, "0.01 0.1 1 10 100")]
    [InlineData(0.3, 4, "0.5 1 2")]
    [InlineData(0.6, 0.7, "0.6 0.7")]
    public void Known_logarithmic_axes(double low, double high, string expected) =>
        Assert.Equal(expected, string.Join(" ", NiceTicks.Logarithmic(low, high).Select(NiceTicks.Label)));

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(-2, -2)]
    [InlineData(1e300, 1e300)]
    public void A_scale_has_length_whatever_it_is_given(double low, double high)
    {
        Scale scale = Scale.Nice(low, high);
        Assert.True(scale.High > scale.Low);
        Assert.Equal(0, scale.Share(scale.Low));
        Assert.Equal(1, scale.Share(scale.High));
        Assert.True(double.IsNaN(low) || double.IsInfinity(high) || scale.Share(low) is >= 0 and <= 1);
    }
}

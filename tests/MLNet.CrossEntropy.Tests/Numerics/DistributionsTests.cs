using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Numerics;

/// <summary>The distributions that confidence intervals and tests rest on.</summary>
public sealed class DistributionsTests
{
    /// <summary>Quantiles as Python's statistics.NormalDist gives them.</summary>
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.6, 0.2533471031357998)]
    [InlineData(0.975, 1.9599639845400536)]
    [InlineData(0.995, 2.5758293035489)]
    [InlineData(1e-10, -6.361340902404056)]
    [InlineData(1e-20, -9.262340089798405)]
    public void Normal_quantile(double p, double expected) => Assert.Equal(expected, NormalDistribution.Quantile(p), 1e-13);

    /// <summary>
    /// Student's t against 30-digit arithmetic (mpmath 1.2.1: the incomplete beta function for few degrees of freedom, the integral of the
    /// density for many).
    /// </summary>
    public static TheoryData<double, double, double> Tails => new()
    {
        { 0.3, 0.001, 0.99954136182553767 },
        { 0.3, 0.5, 0.80071079262147756 },
        { 0.3, 1.7, 0.59111306841490701 },
        { 0.3, 2.2, 0.54893823804297594 },
        { 0.3, 6, 0.40806267864864763 },
        { 0.3, 40, 0.23112832603002542 },
        { 1, 0.001, 0.99936338043983888 },
        { 1, 0.5, 0.70483276469913345 },
        { 1, 1.7, 0.33850605466066533 },
        { 1, 2.2, 0.27159949756018373 },
        { 1, 6, 0.10513691342250686 },
        { 1, 40, 0.015912179824051627 },
        { 2.5, 0.001, 0.99927638272078489 },
        { 2.5, 0.5, 0.65769791986971469 },
        { 2.5, 1.7, 0.20561221715988385 },
        { 2.5, 2.2, 0.13291398541966906 },
        { 2.5, 6, 0.015281729885522901 },
        { 2.5, 40, 0.00014195634290493383 },
        { 9, 0.001, 0.99922393032597327 },
        { 9, 0.5, 0.62907129982602648 },
        { 9, 1.7, 0.1233476621438239 },
        { 9, 2.2, 0.055340572798611651 },
        { 9, 6, 0.00020249932206764065 },
        { 9, 40, 1.8982998449339826e-11 },
        { 30, 0.001, 0.99920873576648509 },
        { 30, 0.5, 0.62072300488512729 },
        { 30, 1.7, 0.099477875588516877 },
        { 30, 2.2, 0.03564843999683579 },
        { 30, 6, 1.3942768767204743e-6 },
        { 1000, 0.001, 0.99920231501845273 },
        { 1000, 0.5, 0.61718508083387481 },
        { 1000, 1.7, 0.089441886959240034 },
        { 1000, 2.2, 0.0280350253266979 },
        { 1000, 6, 2.7553691733774691e-9 },
        { 1e6, 0.001, 0.99920211577164909 },
        { 1e6, 0.5, 0.61707518747237139 },
        { 1e6, 1.7, 0.089131236490348761 },
        { 1e6, 2.2, 0.027807122916023862 },
        { 1e6, 6, 1.9738498123544347e-9 },
        { 1e8, 0.001, 0.99920211557417259 },
        { 1e8, 0.5, 0.61707507855217794 },
        { 1e8, 1.7, 0.089130928626818821 },
        { 1e8, 2.2, 0.02780689730588509 },
        { 1e8, 6, 1.9731820343152871e-9 },
    };

    public static TheoryData<double, double, double> Quantiles => new()
    {
        { 0.5, 0.5, 1.5537739740300373 },
        { 0.5, 0.05, 164.55767348048853 },
        { 1, 0.5, 1.0 },
        { 1, 0.05, 12.706204736174705 },
        { 1, 0.001, 636.61924876871962 },
        { 4, 0.5, 0.74069708411268263 },
        { 4, 0.05, 2.7764451051977944 },
        { 4, 0.001, 8.6103015813792751 },
        { 9.5, 0.5, 0.70118813826128274 },
        { 9.5, 0.05, 2.2441374614922965 },
        { 9.5, 0.001, 4.6772752379502173 },
        { 99, 0.05, 1.9842169515864175 },
        { 99, 0.001, 3.3915288333636506 },
        { 1e4, 0.05, 1.9602012398906263 },
        { 1e7, 0.05, 1.9599642217672055 },
    };

    [Theory]
    [MemberData(nameof(Tails))]
    public void Two_sided_tail(double degreesOfFreedom, double t, double expected) =>
        Tolerances.AssertClose(expected, StudentT.TwoSidedTail(t, degreesOfFreedom), 1e-11);

    [Theory]
    [MemberData(nameof(Quantiles))]
    public void Two_sided_quantile(double degreesOfFreedom, double p, double expected) =>
        Tolerances.AssertClose(expected, StudentT.TwoSidedQuantile(p, degreesOfFreedom), 1e-11);

    [Fact]
    public void Students_t_at_its_limits()
    {
        Assert.Equal(1, StudentT.TwoSidedTail(0, 5));
        Assert.Equal(0, StudentT.TwoSidedTail(double.PositiveInfinity, 5));
        Assert.Equal(double.NaN, StudentT.TwoSidedTail(1, 0));
        Assert.Equal(double.NaN, StudentT.TwoSidedPValue(1, double.NaN, 5));
        Assert.Equal(1, StudentT.TwoSidedPValue(0, 0, 5));
        Assert.Equal(0, StudentT.TwoSidedPValue(-0.5, 0, 5));
        Assert.Equal(double.NaN, StudentT.Interval(1, double.NaN, double.NaN, 0.95).Lower);
    }

    [Fact]
    public void Many_degrees_of_freedom_make_the_normal_distribution()
    {
        ConfidenceInterval t = StudentT.Interval(0.5, 0.1, 1e9, 0.95), normal = ConfidenceInterval.Normal(0.5, 0.1, 0.95);
        Assert.Equal(normal.Lower, t.Lower, 1e-9);
        Assert.Equal(normal.Upper, t.Upper, 1e-9);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(3, 10)]
    [InlineData(99, 100)]
    [InlineData(450, 1000)]
    public void A_share_outside_its_exact_interval_gives_as_few_hits_or_as_many_too_rarely(int hits, int trials)
    {
        var interval = BetaDistribution.ClopperPearson(hits, trials, 0.95);
        if (hits > 0)
            Tolerances.AssertClose(0.025, Enumerable.Range(hits, trials - hits + 1).Sum(k => Binomial(k, interval.Lower)), 1e-10);
        if (hits < trials)
            Tolerances.AssertClose(0.025, Enumerable.Range(0, hits + 1).Sum(k => Binomial(k, interval.Upper)), 1e-10);
        Assert.Equal((hits == 0, hits == trials), (interval.Lower == 0, interval.Upper == 1));

        double Binomial(int k, double p)
        {
            var log = k * Math.Log(p) + (trials - k) * Math.Log(1 - p);
            for (var i = 1; i <= k; i++)
                log += Math.Log((trials - k + i) / (double)i);
            return Math.Exp(log);
        }
    }

    /// <summary>Of scipy.special.betainc.</summary>
    [Theory]
    [InlineData(0.5, 0.5, 0.25, 0.33333333333333337)]
    [InlineData(2.5, 7.25, 0.1, 0.10841578583098452)]
    [InlineData(30, 70, 0.35, 0.8615754758661089)]
    [InlineData(100000.0, 200000.0, 0.3335, 0.5769368019658401)]
    [InlineData(0.001, 5, 0.2, 0.9997834456464285)]
    public void Beta_distribution(double a, double b, double x, double expected) =>
        Tolerances.AssertClose(expected, BetaDistribution.Below(x, a, b), 1e-9);

    [Fact]
    public void Without_trials_there_is_no_interval() => Assert.True(double.IsNaN(BetaDistribution.ClopperPearson(0, 0, 0.95).Lower));
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class NormalDistributionTests
{
    /// <summary>Quantiles as Python's statistics.NormalDist gives them.</summary>
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.6, 0.2533471031357998)]
    [InlineData(0.975, 1.9599639845400536)]
    [InlineData(0.995, 2.5758293035489)]
    [InlineData(1e-10, -6.361340902404056)]
    [InlineData(1e-20, -9.262340089798405)]
    public void Quantile(double p, double expected) => Assert.Equal(expected, NormalDistribution.Quantile(p), 1e-13);
}

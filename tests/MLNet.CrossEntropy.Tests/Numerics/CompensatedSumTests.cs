namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class CompensatedSumTests
{
    [Fact]
    public void Keeps_what_rounding_drops()
    {
        Assert.Equal(2, CompensatedSum.Of<double>([1, 1e100, 1, -1e100]));
        Assert.Equal(1_000_000 * (double)0.1f, CompensatedSum.Of<float>(Enumerable.Repeat(0.1f, 1_000_000).ToArray()));
        Assert.Equal(0, CompensatedSum.Of<double>([]));
    }

    [Fact]
    public void Is_within_one_rounding_of_the_exact_sum()
    {
        var random = new Random(7);
        var terms = new double[5_000];
        decimal exact = 0;
        for (var i = 0; i < terms.Length; i++)
        {
            // Multiples of 2^-20 are exact in decimal.
            terms[i] = random.Next(-1_000_000_000, 1_000_000_000) / 1048576.0;
            exact += (decimal)(terms[i] * 1048576) / 1048576;
        }

        Assert.Equal((double)exact, CompensatedSum.Of<double>(terms), 1e-12);
    }

    [Theory]
    [InlineData(new[] { 1, double.PositiveInfinity, 2 }, double.PositiveInfinity)]
    [InlineData(new[] { double.NegativeInfinity, 1 }, double.NegativeInfinity)]
    [InlineData(new[] { double.NegativeInfinity, double.PositiveInfinity }, double.NaN)]
    [InlineData(new[] { 1, double.NaN }, double.NaN)]
    [InlineData(new[] { double.MaxValue, double.MaxValue }, double.PositiveInfinity)]
    public void Infinity_stays_infinity_and_NaN_stays_NaN(double[] terms, double expected) =>
        Assert.Equal(expected, CompensatedSum.Of<double>(terms));
}

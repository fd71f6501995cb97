using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Numerics;

/// <summary>Sums that keep their digits, and the few vector verbs.</summary>
public sealed class SpanMathTests
{
    /// <summary>Every length up to several vectors of any width, with the largest element and a NaN at every place.</summary>
    [Fact]
    public void Verbs_agree_with_their_plain_loops_at_every_length()
    {
        for (var length = 1; length <= 70; length++)
        {
            var random = new Random(length);
            var x = Enumerable.Range(0, length).Select(_ => random.Next(-1000, 1000) / 8f).ToArray();
            var y = new float[length];

            Assert.Equal(x.Sum(v => (double)v), SpanMath.Sum(x));
            SpanMath.Subtract(x, 2.5f, y);
            Assert.Equal(x.Select(v => v - 2.5f), y);
            SpanMath.Scale<float>(y, 3);
            Assert.Equal(x.Select(v => (v - 2.5f) * 3), y);
            double[] z = [.. x.Select(v => (double)v)];
            SpanMath.Scale(z, 1 / 3.0);
            Assert.Equal(x.Select(v => v * (1 / 3.0)), z);

            for (var place = 0; place < length; place++)
            {
                var before = x[place];
                x[place] = 126;
                Assert.Equal(126, SpanMath.Max(x));
                x[place] = float.NaN;
                Assert.Equal(float.NaN, SpanMath.Max(x));
                x[place] = before;
            }
        }
    }

    /// <summary>Vectors look at no bound: of two spans the second is refused where it ends first.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(70)]
    public void A_second_span_that_is_too_short_is_refused(int length)
    {
        float[] x = new float[length], shorter = new float[length - 1];
        double[] z = new double[length], shorterDoubles = new double[length - 1];

        Assert.Throws<ArgumentOutOfRangeException>(() => SpanMath.Dot(x, shorter));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpanMath.Dot(z, shorterDoubles));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpanMath.Subtract(x, 1, shorter));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpanMath.Multiply(shorter, x));
        Assert.Throws<ArgumentException>(() => Cholesky.Factorize(z, length + 1));
    }

    [Fact]
    public void Largest_of_negative_numbers_is_negative() => Assert.Equal(-1, SpanMath.Max([-5, -3, -1, -2, -9]));

    [Fact]
    public void A_compensated_sum_keeps_what_rounding_drops()
    {
        Assert.Equal(2, CompensatedSum.Of<double>([1, 1e100, 1, -1e100]));
        Assert.Equal(1_000_000 * (double)0.1f, CompensatedSum.Of<float>(Enumerable.Repeat(0.1f, 1_000_000).ToArray()));
        Assert.Equal(0, CompensatedSum.Of<double>([]));
    }

    [Fact]
    public void A_compensated_sum_is_within_one_rounding_of_the_exact_sum()
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

namespace MLNet.CrossEntropy.Tests.Linear;

public class GradientClippingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(101)]
    public void A_long_gradient_is_scaled_to_the_maximum_and_keeps_its_direction(int length)
    {
        double[] gradient = [.. Enumerable.Range(1, length).Select(i => (i % 5) - 1.5)];
        double[] before = [.. gradient];
        var norm = Math.Sqrt(before.Sum(v => v * v));
        Assert.Equal(norm, GradientClipping.ClipNorm(gradient.AsSpan(), 0.25), 1e-12);
        for (var i = 0; i < length; i++)
            Assert.Equal(before[i] * 0.25 / (norm + 1e-6), gradient[i], 1e-15);
    }

    [Fact]
    public void A_short_gradient_is_left_alone()
    {
        float[] gradient = [0.3f, -0.4f];
        Assert.Equal(0.5, GradientClipping.ClipNorm(gradient.AsSpan(), 0.51), 1e-7);
        Assert.Equal([0.3f, -0.4f], gradient);
    }

    [Fact]
    public void A_float_gradient_whose_squares_overflow_is_still_scaled()
    {
        float[] gradient = [3e30f, -4e30f];
        Assert.Equal(5e30, GradientClipping.ClipNorm(gradient.AsSpan(), 1), 1e24);
        Assert.Equal(0.6f, gradient[0], 1e-6f);
        Assert.Equal(-0.8f, gradient[1], 1e-6f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_is_reported_and_left_alone(float bad)
    {
        float[] gradient = [1, bad, -2];
        Assert.False(double.IsFinite(GradientClipping.ClipNorm(gradient.AsSpan(), 1)));
        Assert.Equal([1, bad, -2], gradient);
    }

    [Fact]
    public void Parts_of_a_gradient_share_one_norm()
    {
        float[] weights = [3, 0, 0, 0, 0];
        float[] biases = [4];
        var norm = Math.Sqrt(GradientClipping.SumOfSquares<float>(weights) + GradientClipping.SumOfSquares<float>(biases));
        Assert.Equal(5, norm);
        Assert.Equal(0.2, GradientClipping.NormFactor(norm, 1), 1e-7);
        Assert.Equal(1, GradientClipping.NormFactor(norm, 10));
        Assert.Equal(1, GradientClipping.NormFactor(0, 10));
    }

    [Fact]
    public void Clipping_by_value_bounds_each_element()
    {
        double[] gradient = [-3, -0.5, 0, 0.5, 3, double.PositiveInfinity, double.NaN];
        GradientClipping.ClipValue(gradient.AsSpan(), 1);
        Assert.Equal([-1, -0.5, 0, 0.5, 1, 1, double.NaN], gradient);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_limit_that_is_none_is_refused(double limit)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ClipNorm<double>([1], limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ClipValue<double>([1], limit));
    }
}

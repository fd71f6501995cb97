namespace MLNet.CrossEntropy.Tests.Linear;

public class ElasticNetTests
{
    [Fact]
    public void Value_and_gradient_follow_the_formula()
    {
        var penalty = new ElasticNet(l1: 0.5, l2: 3);
        double[] w = [2, -1, 0];
        Assert.Equal((0.5 * 3) + (1.5 * 5), penalty.Value<double>(w));

        double[] gradient = [0.25, 0.25, 0.25];
        penalty.AddL2Gradient(w, gradient.AsSpan());
        Assert.Equal([6.25, -2.75, 0.25], gradient);
    }

    [Theory]
    [InlineData(0.25, 0)]
    [InlineData(-0.25, 0)]
    [InlineData(0.75, 0.25)]
    [InlineData(-0.75, -0.25)]
    public void The_minimal_subgradient_at_zero_is_what_L1_cannot_hold(double gradient, double expected)
    {
        double[] g = [gradient];
        new ElasticNet(l1: 0.5, l2: 3).AddMinimalSubgradient([0.0], g.AsSpan());
        Assert.Equal(expected, g[0]);
    }

    [Fact]
    public void The_minimal_subgradient_elsewhere_is_the_gradient()
    {
        double[] g = [1, 1];
        new ElasticNet(l1: 0.5, l2: 3).AddMinimalSubgradient([2.0, -2.0], g.AsSpan());
        Assert.Equal([7.5, -5.5], g);
    }

    [Fact]
    public void The_proximal_step_minimises_its_objective_at_every_length()
    {
        // prox(v) = argmin over x of (x - v)^2 / 2 + amount |x|, found here by its optimality condition.
        var penalty = new ElasticNet(l1: 2);
        for (var length = 0; length <= 40; length++)
        {
            double[] before = [.. Enumerable.Range(0, length).Select(i => ((i * 7 % 13) - 6) / 4.0)];
            double[] after = [.. before];
            penalty.ShrinkL1(after.AsSpan(), rate: 0.25);
            for (var i = 0; i < length; i++)
            {
                if (after[i] == 0)
                    Assert.InRange(before[i], -0.5, 0.5);
                else
                    Assert.Equal(before[i], after[i] + (0.5 * Math.Sign(after[i])));
            }
        }
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticNet(l1: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticNet(l2: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ElasticNet(l1: 1).ShrinkL1<float>([1], -0.1));
        Assert.Throws<ArgumentException>(() => new ElasticNet(l2: 1).AddL2Gradient<float>([1, 2], new float[1]));
    }
}

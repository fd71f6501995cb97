namespace MLNet.CrossEntropy.Tests.Linear;

public class AveragedSgdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_solution_is_the_mean_of_the_iterates_after_the_start(long start)
    {
        var rule = new AveragedSgd { Start = start };
        var state = rule.CreateState<double>(1);
        double[] p = [3];
        Assert.Equal([3.0], rule.Solution<double>(p, state).ToArray());
        var iterates = new List<double>();
        var random = new Random(1);
        for (var t = 1; t <= 20; t++)
        {
            rule.Step(p, [p[0] + random.NextDouble()], state, 0, 0.3);
            rule.Advance(state);
            iterates.Add(p[0]);

            // Until one iterate has come after the start, the last one stands alone.
            var expected = t <= start ? p[0] : iterates.Skip((int)start).Average();
            Assert.Equal(expected, rule.Solution<double>(p, state)[0], 1e-14);
        }
    }

    [Fact]
    public void Averaging_settles_where_noisy_steps_do_not()
    {
        // Minimise (p - 2)^2 / 2 from gradients with noise of standard deviation 1, at a constant rate.
        var rule = new AveragedSgd { Start = 100 };
        var state = rule.CreateState<double>(1);
        double[] p = [0];
        double squaredError = 0;
        var random = new Random(5);
        const int Steps = 20_000;
        for (var t = 0; t < Steps; t++)
        {
            var noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            rule.Step(p, [p[0] - 2 + noise], state, 0, 0.5);
            rule.Advance(state);
            squaredError += (p[0] - 2) * (p[0] - 2) / Steps;
        }

        // Theory: the iterate's variance is rate / (2 - rate) = 1/3, the average's 1 / Steps.
        Assert.InRange(Math.Sqrt(squaredError), 0.4, 0.8);
        Assert.InRange(Math.Abs(rule.Solution<double>(p, state)[0] - 2), 0, 3 / Math.Sqrt(Steps));
    }
}

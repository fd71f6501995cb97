using MLNet.CrossEntropy.Optimization;

namespace MLNet.CrossEntropy.Tests.Optimization.Optimizers;

public class SgdTests
{
    [Fact]
    public void Momentum_starts_from_the_first_gradient()
    {
        var rule = new Sgd { Momentum = 0.9 };
        OptimizerState<double> state = rule.CreateState<double>(1);
        double[] p = [1.0];
        rule.Step(p, [2.0], state, 0, 0.1);
        rule.Advance(state);
        Assert.Equal(0.8, p[0], 1e-15);
        rule.Step(p, [1.0], state, 0, 0.1);
        rule.Advance(state);
        Assert.Equal(0.8 - (0.1 * 2.8), p[0], 1e-15);
        Assert.Equal(2, state.Steps);
    }
}

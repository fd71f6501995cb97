using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>
/// Why one trains with cross-entropy and not with the squared error of probabilities: where the model is confidently wrong,
/// the squared error is nearly flat, so that the worst rows teach nothing.
/// </summary>
public sealed class WhyCrossEntropyLearnsFasterTests
{
    private static readonly SigmoidCrossEntropyLoss CrossEntropy = new();
    private static readonly SigmoidBrierLoss SquaredError = new();

    // A positive at z = -10: cross-entropy pulls with s - 1, the squared error with 2 (s - 1) s (1 - s).
    [Fact]
    public void Gradient_of_a_confidently_wrong_row()
    {
        Assert.Equal(-0.99995, CrossEntropy.Of([-10.0], RowTarget.Class(1)).Gradient[0], 1e-5);
        Assert.Equal(-0.00009, SquaredError.Of([-10.0], RowTarget.Class(1)).Gradient[0], 1e-5);
    }

    [Fact]
    public void The_more_wrong_the_more_cross_entropy_pulls_and_the_less_the_squared_error_does()
    {
        double[] wrong = [-2, -4, -8, -16, -32];
        double[] pulls = [.. wrong.Select(z => -CrossEntropy.Of([z], RowTarget.Class(1)).Gradient[0])];
        double[] weakPulls = [.. wrong.Select(z => -SquaredError.Of([z], RowTarget.Class(1)).Gradient[0])];
        Assert.Equal(pulls.Order(), pulls);
        Assert.Equal(weakPulls.OrderDescending(), weakPulls);
        Assert.True(pulls[^1] > 0.999 && weakPulls[^1] < 1e-13);
    }

    [Fact]
    public void Steps_of_gradient_descent_until_the_mistake_is_mended()
    {
        Assert.InRange(StepsUntilRight(CrossEntropy), 1, 15);
        Assert.True(StepsUntilRight(SquaredError) > 10_000);
    }

    // z <- z - dl/dz from z = -10 until the positive is more likely than not.
    private static int StepsUntilRight(LogitLoss loss)
    {
        double[] z = [-10];
        var steps = 0;
        for (; z[0] <= 0 && steps < 100_000; steps++)
            z[0] -= loss.Of(z, RowTarget.Class(1)).Gradient[0];
        return steps;
    }
}

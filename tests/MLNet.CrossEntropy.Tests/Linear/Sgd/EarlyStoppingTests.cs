using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class EarlyStoppingTests
{
    private static readonly SgdOptions Options = new() { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 3, Patience = 2 };

    /// <summary>Least gain in nats, in standard errors (each 0.05), losses of the epochs, the best epoch, and the epoch that exhausts patience (0: none).</summary>
    public static TheoryData<double, double, double[], int, int> Courses => new()
    {
        { 0, 0, [1, 0.9, 0.8], 3, 0 },
        { 0, 0, [1, 0.9, 0.9, 0.95], 2, 4 },
        { 0, 0, [1, 1.1, 0.9, 1.1, 0.8999, 1, 1], 5, 7 },
        // Small gains are new bests, but do not renew the patience; together they may.
        { 0.05, 0, [1, 0.97, 0.96], 3, 3 },
        { 0.05, 0, [1, 0.97, 0.94, 0.93, 0.92], 5, 5 },
        { 0, 1, [1, 0.97, 0.96], 3, 3 },
        { 0, 0.5, [1, 0.97, 0.94, 0.91], 4, 0 },
        // The larger of the two counts.
        { 0.05, 0.1, [1, 0.97, 0.96], 3, 3 },
        { 0.001, 1, [1, 0.97, 0.96], 3, 3 },
        { 0, 0, [double.NaN, double.NaN], 0, 2 },
        { 0, 0, [double.PositiveInfinity, 3, double.NaN, 2], 4, 0 },
    };

    [Theory]
    [MemberData(nameof(Courses))]
    public void The_lowest_loss_is_the_best_and_only_gains_that_count_renew_the_patience(double delta, double standardErrors, double[] losses, int best, int end)
    {
        var stopping = new EarlyStopping(Options with { MinimumDelta = delta, MinimumDeltaInStandardErrors = standardErrors });
        var exhausted = 0;
        for (var epoch = 1; epoch <= losses.Length; epoch++)
        {
            var lowest = losses[..epoch].Where(loss => !double.IsNaN(loss)).DefaultIfEmpty(double.PositiveInfinity).Min();
            Assert.Equal(losses[epoch - 1] == lowest && double.IsFinite(lowest) && !losses.AsSpan(0, epoch - 1).Contains(lowest),
                stopping.IsBest(new ValidationLoss(losses[epoch - 1], 0.05), epoch));
            if (exhausted == 0 && stopping.IsOutOfPatience)
                exhausted = epoch;
        }

        Assert.Equal(best, stopping.BestEpoch);
        Assert.Equal(end, exhausted);
    }

    [Fact]
    public void Without_a_standard_error_its_multiple_asks_for_nothing()
    {
        var stopping = new EarlyStopping(Options with { Patience = 1, MinimumDeltaInStandardErrors = 3 });
        Assert.True(stopping.IsBest(new ValidationLoss(1, double.NaN), 1));
        Assert.True(stopping.IsBest(new ValidationLoss(0.99, double.NaN), 2));
        Assert.False(stopping.IsOutOfPatience);
    }
}

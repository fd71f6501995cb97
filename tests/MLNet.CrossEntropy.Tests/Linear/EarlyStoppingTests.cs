using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class EarlyStoppingTests
{
    /// <summary>Losses of the epochs, the best epoch, and the epoch that exhausts a patience of 2 (0: none).</summary>
    public static TheoryData<double[], int, int> Courses => new()
    {
        { [1, 0.9, 0.8], 3, 0 },
        { [1, 0.9, 0.9, 0.95], 2, 4 },
        { [1, 1.1, 0.9, 1.1, 0.8999, 1, 1], 5, 7 },
        { [double.NaN, double.NaN], 0, 2 },
        { [double.PositiveInfinity, 3, double.NaN, 2], 4, 0 },
    };

    [Theory]
    [MemberData(nameof(Courses))]
    public void The_lowest_loss_is_the_best_and_renews_the_patience(double[] losses, int best, int end)
    {
        var stopping = new EarlyStopping(patience: 2);
        var exhausted = 0;
        for (var epoch = 1; epoch <= losses.Length; epoch++)
        {
            var lowest = losses[..epoch].Where(loss => !double.IsNaN(loss)).DefaultIfEmpty(double.PositiveInfinity).Min();
            Assert.Equal(losses[epoch - 1] == lowest && double.IsFinite(lowest) && !losses.AsSpan(0, epoch - 1).Contains(lowest),
                stopping.IsBest(losses[epoch - 1], epoch));
            if (exhausted == 0 && stopping.IsOutOfPatience)
                exhausted = epoch;
        }

        Assert.Equal(best, stopping.BestEpoch);
        Assert.Equal(end, exhausted);
    }
}

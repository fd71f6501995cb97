using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Comparison;

public sealed class HolmAdjustmentTests
{
    [Fact]
    public void The_smallest_counts_most_and_order_is_kept() =>
        AssertAdjusted([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]);

    [Fact]
    public void Nothing_exceeds_1() => AssertAdjusted([0.6, 0.9], [1, 1]);

    [Fact]
    public void One_test_is_left_as_it_is() => AssertAdjusted([0.04], [0.04]);

    [Fact]
    public void An_undefined_test_does_not_count() => AssertAdjusted([double.NaN, 0.02, 0.03], [double.NaN, 0.04, 0.04]);

    private static void AssertAdjusted(double[] pValues, double[] expected)
    {
        var adjusted = HolmAdjustment.Of(pValues);
        Assert.Equal(expected.Length, adjusted.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], adjusted[i], 1e-15);
    }
}

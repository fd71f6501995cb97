using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class FeatureScalingTests
{
    private const int Features = 7;

    [Theory]
    [InlineData(40)]
    [InlineData(3_000)]
    public void Ordinary_features_are_centred_and_scaled_by_their_weighted_moments(int rows)
    {
        var table = RowTable.Gaussian(rows, Features, 3) with { Weights = [.. Enumerable.Range(0, rows).Select(i => i % 3 + 0.5f)] };
        var scaling = Of(table.Dense());
        Assert.Same(scaling.Scales, scaling.StepScales);
        Assert.Empty(scaling.FarOutFeatures);
        for (var j = 0; j < Features; j++)
        {
            double total = 0, mean = scaling.Means[j], deviations = 0, square = 0;
            for (var i = 0; i < rows; i++)
            {
                double weight = table.Weights[i], deviation = table.X[i][j] - mean;
                (total, deviations, square) = (total + weight, deviations + weight * deviation, square + weight * deviation * deviation);
            }

            Assert.Equal(0, deviations / total, 1e-6);
            Assert.Equal(1 / Math.Sqrt(square / total), scaling.StepScales[j], 1e-6);
        }
    }

    [Theory]
    [InlineData(false, 1e4f)]
    [InlineData(false, 1e9f)]
    [InlineData(false, -1e30f)]
    [InlineData(true, 1e9f)]
    [InlineData(true, -1e30f)]
    public void One_value_far_out_hides_no_feature_wherever_it_stands(bool sparse, float value)
    {
        const int Rows = 2_000, Feature = 4;
        foreach (var row in new[] { 0, 1_000, Rows - 1 })
        {
            var table = RowTable.Gaussian(Rows, Features, 3).Thinned(sparse ? 0.2 : 1);
            var ordinary = Of(sparse ? table.Sparse() : table.Dense());
            table.X[row][Feature] = value;
            var scaling = Of(sparse ? table.Sparse() : table.Dense());
            for (var j = 0; j < Features; j++)
            {
                Assert.InRange(scaling.Scales[j] / ordinary.Scales[j], 0.5, 2);
                Assert.InRange(Math.Abs(scaling.Means[j] - ordinary.Means[j]) * ordinary.Scales[j], 0, 0.2);
            }

            // No step may be larger than the row with the value bears.
            Assert.InRange(scaling.StepScales[Feature] * Math.Abs(value), 1, 1.01 * Math.Sqrt(Rows));
            var farOut = Assert.Single(scaling.FarOutFeatures);
            Assert.Equal(Feature, farOut.Feature);
            Assert.InRange(farOut.Distance / Math.Abs(value), 0.3, 3);
        }
    }

    [Fact]
    public void Rare_values_are_not_far_out()
    {
        // A dense indicator of 5 rows in 20,000, a column of counts, and one that never varies.
        var random = new Random(1);
        var table = new RowTable
        {
            X = [.. Enumerable.Range(0, 20_000).Select(i =>
                new[] { i % 4_000 == 7 ? 1f : 0, (float)Math.Floor(-20 * Math.Log(1 - random.NextDouble())), 1e6f })],
            Y = [.. Enumerable.Range(0, 20_000).Select(i => i % 2)],
            Classes = 2,
        };
        Assert.Empty(Of(table.Dense(4_096)).FarOutFeatures);
        Assert.Empty(Of(table.Sparse(4_096)).FarOutFeatures);
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(1e9f)]
    [InlineData(1e18f)]
    public void A_row_far_out_leaves_the_others_their_optimum(float value)
    {
        // The value says what the feature says of its class, so that the row is told apart for nothing.
        var table = RowTable.Gaussian(1_500, Features, 3);
        var plan = new FitPlan { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 3, L2 = 1e-3 };
        var least = LinearSolver.Fit(table.Dense(), null, plan with { Solver = Solver.Newton }).Certificate.Objective;
        table.X[1_200][4] = value;
        table.Y[1_200] = 4 % 3;
        Assert.InRange(LinearSolver.Fit(table.Dense(), null, plan).Certificate.Objective, 0, 1.001 * least);
    }

    private static FeatureScaling Of(List<RowBlock> blocks)
    {
        using var rows = new RowSet(blocks);
        return FeatureScaling.Of([rows], RowSummary.Of([rows], new SoftmaxCrossEntropyLoss(), 3));
    }
}

using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>
/// Value, gradient and Hessian products of the objective against differences of one another, and against the certificate.
/// </summary>
public sealed class LinearObjectiveTests
{
    private const double L2 = 0.05;

    public static TheoryData<bool, int, int> Forms() => new() { { true, 3, 1 }, { true, 40, 5 }, { false, 3, 1 }, { false, 40, 5 } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_gradient_is_the_values_slope(bool dense, int features, int outputs) =>
        With(dense, features, outputs, (objective, rows, point, direction) =>
    {
        using var weights = objective.CreateWeights();
        var gradient = new double[point.Length];
        var sums = objective.Gradient(point, weights, rows, gradient);
        var certificate = objective.Certify(weights);
        Assert.Equal(sums.Loss / sums.Weight, certificate.DataTerm, 1e-7);
        Assert.Equal(certificate.DataTerm + objective.Penalty.Value(weights), certificate.Objective, 1e-12);

        const double Step = 1e-2;
        double Value(double along)
        {
            objective.ToRaw([.. point.Zip(direction, (p, d) => p + along * d)], weights);
            return objective.Certify(weights).Objective;
        }

        Assert.Equal((Value(Step) - Value(-Step)) / (2 * Step), SpanMath.Dot(gradient, direction), 2e-4);
    });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Products_with_the_Hessian_are_the_gradients_slope(bool dense, int features, int outputs) =>
        With(dense, features, outputs, (objective, rows, point, direction) =>
    {
        using var local = new LocalObjective(objective, rows);
        double[] gradient = new double[point.Length], product = new double[point.Length], above = new double[point.Length],
            below = new double[point.Length];
        const double Step = 1e-2;
        local.MoveTo([.. point.Zip(direction, (p, d) => p + Step * d)], above);
        local.MoveTo([.. point.Zip(direction, (p, d) => p - Step * d)], below);
        local.MoveTo(point, gradient);
        local.Linearize();
        local.Multiply(direction, product);
        var largest = product.Max(Math.Abs);
        for (var i = 0; i < product.Length; i++)
            Assert.Equal((above[i] - below[i]) / (2 * Step), product[i], 1e-3 * largest);
    });

    [Theory]
    [MemberData(nameof(Forms))]
    public void Along_a_line_the_loss_is_that_of_the_points_on_it(bool dense, int features, int outputs) =>
        With(dense, features, outputs, (objective, rows, point, direction) =>
    {
        using var local = new LocalObjective(objective, rows);
        double[] gradient = new double[point.Length], product = new double[point.Length];
        local.MoveTo(point, gradient);
        local.Linearize();
        local.Multiply(direction, product);
        local.AdvanceLine(0.5);
        local.AdvanceLine(0.25);
        AssertAlong(2, 2 * 0.75);
        local.MoveTo(point, gradient);
        local.Aim(direction);
        AssertAlong(1.5, 1.5);

        void AssertAlong(double length, double times)
        {
            var (loss, slope) = local.Along(length);
            double[] there = [.. point.Zip(direction, (p, d) => p + times * d)];
            local.MoveTo(there, gradient);
            Assert.Equal(local.MeanLoss, loss, 1e-5);
            // The gradient there has the penalty's part in it, too.
            var penalty = objective.PenaltyAlong(there, direction).Linear;
            var expected = gradient.Zip(direction, (g, d) => g * d).Sum() - penalty;
            Assert.Equal(times / length * expected, slope, 1e-4 * Math.Max(1, Math.Abs(expected)));
        }
    });

    [Fact]
    public void Scaled_coordinates_go_there_and_back() => With(dense: true, features: 7, outputs: 3, (objective, _, point, _) =>
    {
        using var weights = objective.CreateWeights();
        objective.ToRaw(point, weights);
        var back = new double[point.Length];
        objective.ToScaled(weights, back);
        for (var i = 0; i < point.Length; i++)
            Assert.Equal(point[i], back[i], 1e-5);
    });

    [Theory]
    [InlineData(0.25, 0, 0)]
    [InlineData(-0.25, 0, 0)]
    [InlineData(0.75, 0, 0.25)]
    [InlineData(-0.75, 0, -0.25)]
    [InlineData(1, 2, 7.5)]
    [InlineData(1, -2, -5.5)]
    public void The_least_subgradient_at_zero_is_what_L1_cannot_hold(double slope, double weight, double expected) =>
        Assert.Equal(expected, new ElasticNet(l1: 0.5, l2: 3).Subgradient(slope, weight, 0, 0));

    [Fact]
    public void The_penalty_follows_its_formula()
    {
        using LinearWeights weights = new(outputs: 1, features: 3, isSparse: false), centre = new(outputs: 1, features: 3, isSparse: false);
        weights.Set([2f, -1f, 0f], [5f]);
        centre.Set([1f, 1f, 0f], [7f]);
        Assert.Equal(0.5 * 3 + 1.5 * 5, new ElasticNet(l1: 0.5, l2: 3).Value(weights));
        Assert.Equal(0.5 * 3 + 1.5 * (10 * 1 + 2 * 4), new ElasticNet(l1: 0.5, l2: 3, shares: [10, 2, 4], centre).Value(weights));
    }

    private static void With(bool dense, int features, int outputs, Action<LinearObjective, RowSet, double[], double[]> test)
    {
        float[] weights = [.. Enumerable.Range(0, 150).Select(i => 0.5f + i % 3)];
        var table = RowTable.Gaussian(150, features, Math.Max(2, outputs)) with { Weights = weights };
        using var rows = new RowSet(dense ? table.Dense() : table.Sparse());
        LogitLoss loss = outputs == 1 ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss();
        var summary = RowSummary.Of([rows], loss, outputs);
        using var team = new WorkerTeam(2);
        using var centre = new LinearWeights(outputs, features, rows.IsSparse);
        float[] shares = [.. Enumerable.Range(1, features)];
        var penalty = new ElasticNet(0, L2, shares, centre);
        var scaling = FeatureScaling.Of([rows], summary);
        using var objective = new LinearObjective([rows], summary, loss, penalty, scaling, team);
        var random = new Random(3);
        double[] Random() => [.. Enumerable.Range(0, objective.Parameters).Select(_ => random.NextDouble() - 0.5)];
        objective.ToRaw(Random(), centre);
        test(objective, rows, Random(), Random());
    }
}

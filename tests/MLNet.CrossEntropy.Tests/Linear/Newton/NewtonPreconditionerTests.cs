using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>The factorised Hessian beside products with the Hessian itself.</summary>
public sealed class NewtonPreconditionerTests
{
    public static TheoryData<bool, int, int, int> Forms() => new()
    {
        // Few weights a row and many, one slice of the triangle and several, sparse rows scattered and spread out.
        { true, 7, 1, 2_000 },
        { true, 90, 1, 2_000 },
        { true, 5, 3, 2_000 },
        { true, 60, 4, 1_500 },
        { false, 5, 3, 2_000 },
        { false, 200, 1, 2_000 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Of_all_rows_it_is_the_inverse_Hessian(bool dense, int features, int outputs, int rows)
        => With(dense, features, outputs, rows, (objective, local, preconditioner) =>
        {
            Assert.True(preconditioner.IsExact);
            double[] there = Direction(objective), back = new double[there.Length];
            local.Multiply(there, back);
            preconditioner.Apply(back);
            for (var i = 0; i < there.Length; i++)
                Assert.Equal(there[i], back[i], 2e-3);
        });

    [Fact]
    public void Of_a_sample_it_is_about_that() => With(true, 60, outputs: 16, rows: 20_000, (objective, local, preconditioner) =>
    {
        Assert.False(preconditioner.IsExact);
        double[] there = Direction(objective), product = new double[there.Length], back = new double[there.Length];
        local.Multiply(there, product);
        product.CopyTo(back, 0);
        preconditioner.Apply(back);
        var squared = SpanMath.Dot(there, product);
        Assert.InRange(SpanMath.Dot(back, product), 0.7 * squared, 1.4 * squared);
    });

    [Fact]
    public void A_rare_class_is_in_the_sample() => With(true, 60, 16, 20_000, rare: 3, test: (objective, local, preconditioner) =>
    {
        // A direction of the rare class's bias alone, curved by next to no row but its own.
        double[] there = new double[objective.Parameters], product = new double[there.Length], back = new double[there.Length];
        there[^1] = 1;
        local.Multiply(there, product);
        product.CopyTo(back, 0);
        preconditioner.Apply(back);
        Assert.InRange(back[^1] - back[^2], 0.3, 3);
    });

    private static double[] Direction(LinearObjective objective)
    {
        var random = new Random(5);
        double[] direction = [.. Enumerable.Range(0, objective.Parameters).Select(_ => random.NextDouble() - 0.5)];
        // All biases of a softmax together change nothing.
        var biases = direction.AsSpan(objective.Outputs * objective.Features);
        var mean = objective.Outputs == 1 ? 0 : SpanMath.Sum(biases) / biases.Length;
        foreach (ref var bias in biases)
            bias -= mean;
        return direction;
    }

    private static void With(
        bool dense,
        int features,
        int outputs,
        int rows,
        Action<LinearObjective, LocalObjective, NewtonPreconditioner> test,
        int? rare = null)
    {
        var classes = Math.Max(2, outputs);
        var table = RowTable.Gaussian(rows, features, classes);
        var left = rare ?? int.MaxValue;
        table = (dense ? table : table.Thinned(features > 100 ? 0.01 : 0.4)) with
        {
            Y = [.. table.Y.Select(label => label == classes - 1 && left-- <= 0 ? 0 : label)],
        };
        LogitLoss loss = outputs == 1 ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss();
        using var set = new RowSet(dense ? table.Dense() : table.Sparse());
        var summary = RowSummary.Of([set], loss, outputs);
        using var team = new WorkerTeam(2);
        var penalty = new ElasticNet(0, 1e-2);
        var scaling = FeatureScaling.Of([set], summary);
        using var objective = new LinearObjective([set], summary, loss, penalty, scaling, team);
        using var local = new LocalObjective(objective, set);
        using var preconditioner = new NewtonPreconditioner(objective, set);
        using var start = objective.CreateWeights();
        start.Set(null, summary.PriorBiases);
        double[] point = new double[objective.Parameters], gradient = new double[objective.Parameters];
        objective.ToScaled(start, point);
        local.MoveTo(point, gradient);
        local.Linearize();
        preconditioner.Refresh(local, areGood: false);
        test(objective, local, preconditioner);
    }
}

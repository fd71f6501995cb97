using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class PenaltySearchTests
{
    private const int Seed = 5;

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public void The_path_is_that_of_explicit_folds(bool dense, int outputs)
    {
        var (table, single, plan) = Problem(dense, outputs);
        // Groups of one row: rows may be apart, but leaving them out one by one could not see to it.
        List<RowBlock> blocks = [.. single.Select((block, b) => block with
        {
            Groups = [.. Enumerable.Range(0, block.Rows).Select(row => (ulong)(1 + row + 1_000 * b))],
        })];
        var path = LinearSolver.Fit(blocks, null, plan).Start.PenaltyPath;
        var folds = new HeldOutFolds(blocks, outputs, count: 10, Seed);
        Assert.InRange(path.Count, 4, 40);
        Assert.Contains(path, trial => trial.IsOfScaledFeatures);
        Assert.Contains(path, trial => !trial.IsOfScaledFeatures);

        // The strongest, the weakest and the chosen penalty of each kind; the strict optimum of rows copied, scaled beforehand.
        using var rows = new RowSet(blocks);
        var scales = FeatureScaling.Of([rows], RowSummary.Of([rows], plan.Loss, outputs)).Scales;
        foreach (var kind in path.GroupBy(trial => trial.IsOfScaledFeatures))
        {
            foreach (var trial in new[] { kind.First(), kind.MinBy(trial => trial.HeldOutLoss)!, kind.Last() })
            {
                var expected = HeldOutLoss(table, dense, folds, plan, trial, kind.Key ? scales : null);
                Assert.Equal(expected, trial.HeldOutLoss, 2e-3 * expected);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_chosen_penalty_has_the_lowest_loss_of_its_kind_and_the_simplest_lies_within_an_error_of_it(bool brier)
    {
        var (_, blocks, plan) = Problem(dense: true, outputs: 3);
        var start = LinearSolver.Fit(blocks, null, brier ? plan with { Loss = new SoftmaxBrierLoss() } : plan).Start;
        var chosen = start.PenaltyPath.Single(trial => trial.IsChosen);
        var kind = start.PenaltyPath.Where(trial => trial.IsOfScaledFeatures == chosen.IsOfScaledFeatures).ToArray();
        Assert.Equal(kind.Min(trial => trial.HeldOutLoss), chosen.HeldOutLoss);
        Assert.Equal(chosen.L2Regularization, start.Plan.L2);
        Assert.Equal(kind.Where(trial => trial.HeldOutLoss <= chosen.HeldOutLoss + chosen.StandardError).Max(trial => trial.L2Regularization),
            kind.Single(trial => trial.IsOneStandardError).L2Regularization);
        Assert.Equal(kind.OrderByDescending(trial => trial.L2Regularization), kind);
    }

    [Fact]
    public void L1_drops_features_that_say_nothing()
    {
        var table = RowTable.Gaussian(400, 30, classes: 2, seed: 4);
        table = table with { X = [.. table.X.Select((row, i) => row.Select((x, j) => j < 2 ? x : table.X[(i + 7 * j) % 400][j]).ToArray())] };
        var plan = new FitPlan { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 2, ChoosesL1 = true, Seed = Seed };
        var fitted = LinearSolver.Fit(table.Dense(), null, plan);
        Assert.InRange(fitted.Weights.Count(w => w == 0), 20, 56);
        Assert.InRange(fitted.Start.Plan.L1, 1e-3, 0.2);
        Assert.Equal(0, fitted.Start.Plan.L2);
        Assert.Contains(fitted.Start.PenaltyPath, trial => trial.IsChosen && trial.L1Regularization == fitted.Start.Plan.L1);
    }

    [Fact]
    public void Of_rows_too_few_to_hold_any_out_the_penalty_is_one_over_their_weight()
    {
        var (_, _, plan) = Problem(dense: true, outputs: 3);
        var start = LinearSolver.Fit(RowTable.Gaussian(6, 2, 3).Dense(), null, plan).Start;
        Assert.Empty(start.PenaltyPath);
        Assert.Equal(1.0 / 6, start.Plan.L2, 1e-12);
    }

    [Fact]
    public void A_sample_is_a_copy_of_rows_spread_over_all()
    {
        var table = RowTable.Gaussian(100, 4, 3) with { Weights = [.. Enumerable.Range(0, 100).Select(i => 1f + i)] };
        foreach (var blocks in new[] { table.Dense(rowsPerBlock: 16), table.Sparse(rowsPerBlock: 16) })
        {
            using var rows = new RowSet(blocks);
            var summary = RowSummary.Of([rows], new SoftmaxCrossEntropyLoss(), 3);
            var sample = RowSample.Draw([rows], summary, size: 20, seed: 1);
            using var drawn = new RowSet([sample]);
            for (var i = 0; i < 20; i++)
            {
                var row = (int)drawn.Weight(i) - 1;
                Assert.InRange(row, 5 * i, 5 * i + 4);
                Assert.Equal(table.Y[row], drawn.Class(i));
                Assert.Equal(table.X[row], Values(drawn, i));
            }

            Assert.NotEqual(sample.Weights, RowSample.Draw([rows], summary, size: 20, seed: 2).Weights);
        }
    }

    private static (RowTable Table, List<RowBlock> Blocks, FitPlan Plan) Problem(bool dense, int outputs)
    {
        var table = RowTable.Gaussian(120, 5, Math.Max(2, outputs), seed: 2).WithWrongLabels(0.2);
        table = table with { X = [.. table.X.Select(row => row.Select((x, j) => x * (j + 1) * (j + 1)).ToArray())] };
        return (table, dense ? table.Dense() : table.Sparse(), new FitPlan
        {
            Loss = outputs == 1 ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(),
            Outputs = outputs,
            ChoosesL2 = true,
            Seed = Seed,
        });
    }

    private static double HeldOutLoss(RowTable table, bool dense, HeldOutFolds folds, FitPlan plan, PenaltyTrial trial, float[]? scales)
    {
        var scaled = table with { X = [.. table.X.Select(row => row.Select((x, j) => x * (scales?[j] ?? 1)).ToArray())] };
        int[][] held = [.. Enumerable.Range(0, 10).Select(fold => Weighing(folds.Rows(fold, isHeldOut: true)))];
        var total = 0.0;
        foreach (var fold in held)
        {
            int[] fitted = [.. Enumerable.Range(0, table.Rows).Except(fold)];
            var part = scaled with { X = [.. fitted.Select(i => scaled.X[i])], Y = [.. fitted.Select(i => table.Y[i])] };
            var model = LinearSolver.Fit(dense ? part.Dense() : part.Sparse(), null, plan with
            {
                ChoosesL2 = false,
                L2 = trial.L2Regularization * table.Rows / (table.Rows - table.Rows / 10.0),
                Solver = Solver.Newton,
                Tolerance = 1e-8,
            });
            total += fold.Sum(i => Loss(model, scaled.X[i], table.Y[i]));
        }

        return total / table.Rows;
    }

    private static double Loss(FittedLinearModel model, float[] x, int label)
    {
        double[] z = [.. model.Biases.Select((bias, k) => bias + x.Select((value, j) => (double)value * model.Weights[k * x.Length + j]).Sum())];
        return z.Length == 1 ? Math.Log(1 + Math.Exp(label == 1 ? -z[0] : z[0])) : Math.Log(z.Sum(Math.Exp)) - z[label];
    }

    private static int[] Weighing(IReadOnlyList<RowBlock> blocks)
    {
        float[] weights = [.. blocks.SelectMany(block => block.Weights!)];
        return [.. Enumerable.Range(0, weights.Length).Where(row => weights[row] > 0)];
    }

    private static float[] Values(RowSet rows, int row)
    {
        if (!rows.IsSparse)
            return rows.Values(row).ToArray();
        var values = new float[rows.Features];
        var sparse = rows.Sparse(row);
        for (var e = 0; e < sparse.Length; e++)
            values[sparse.Indices[e]] = sparse.Values[e];
        return values;
    }
}

using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>The approximation beside fits that have really not seen the row.</summary>
public sealed class LeaveOneOutTests
{
    private const int Seed = 3;

    public static TheoryData<bool, int, bool, bool, double> Cases() => new()
    {
        { true, 1, false, false, 0 },
        { true, 2, false, false, 0 },
        { true, 4, false, false, 0 },
        { false, 4, false, false, 0 },
        { true, 3, true, false, 0.1 },
        { false, 1, true, true, 0 },
        { true, 2, true, true, 0 },
        { true, 3, true, true, 0 },
        { true, 4, false, true, 0 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_follows_fits_without_the_row(bool dense, int outputs, bool isWeighted, bool isSoft, double smoothing)
    {
        var classes = Math.Max(2, outputs);
        var table = RowTable.Gaussian(60, 4, classes, seed: 2).WithWrongLabels(0.2);
        if (isWeighted)
            table = table with { Weights = [.. Enumerable.Range(0, table.Rows).Select(i => 0.5f + i % 4)] };
        var blocks = Soft(table, dense, outputs, isSoft);
        var plan = new FitPlan
        {
            Loss = outputs == 1 ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(smoothing),
            Outputs = outputs,
            ChoosesL2 = true,
            Seed = Seed,
        };
        var path = LinearSolver.Fit(blocks, null, plan).Start.PenaltyPath;
        using var rows = new RowSet(blocks);
        var summary = RowSummary.Of([rows], plan.Loss, outputs);
        var shares = FeatureScaling.Of([rows], summary).Scales.Select(scale => 1 / (scale * scale)).ToArray();
        foreach (var trial in path.Where(trial => trial.IsOfScaledFeatures))
        {
            var (unseen, seen, error) = Exact(blocks[0], summary, plan with
            {
                ChoosesL2 = false,
                L2 = trial.L2Regularization,
                PenaltyShares = shares,
                Solver = Solver.Newton,
                Tolerance = 1e-8,
            });
            Assert.Equal(unseen, trial.HeldOutLoss, error);
            Assert.True(trial.HeldOutLoss > seen);
        }
    }

    /// <summary>
    /// The mean loss of each row by a fit to the others, and of all by a fit to all; and by how much one Newton step may miss the first.
    /// A cross-entropy's third derivative is at most its second: where a row's logits move by d, curvatures change by a share of d, and
    /// so does what the row's loss rises by.
    /// </summary>
    private static (double Left, double Seen, double Error) Exact(RowBlock block, RowSummary summary, FitPlan plan)
    {
        double left = 0, known = 0, weight = 0, error = 0;
        var all = LinearSolver.Fit([block], null, plan);
        for (var i = 0; i < block.Rows; i++)
        {
            float[] weights = [.. Enumerable.Range(0, block.Rows).Select(r => r == i ? 0 : block.Weights?[r] ?? 1)];
            var others = LinearSolver.Fit([block with { Weights = weights }], null, plan with
            {
                L2 = plan.L2 * summary.TargetWeight / weights.Sum(),
            });
            double share = block.Weights?[i] ?? 1;
            double[] z = Logits(block, i, all), without = Logits(block, i, others);
            var (loss, rise) = (Loss(block, i, z), Loss(block, i, without) - Loss(block, i, z));
            known += share * loss;
            left += share * (loss + rise);
            error += share * Math.Abs(rise) * z.Zip(without, (before, after) => Math.Abs(after - before)).Max();
            weight += share;
        }

        return (left / weight, known / weight, error / weight);
    }

    private static double[] Logits(RowBlock block, int row, FittedLinearModel model)
    {
        var x = new double[block.Features];
        for (var e = 0; e < (block.IsSparse ? block.RowStarts![row + 1] - block.RowStarts[row] : x.Length); e++)
        {
            var place = block.IsSparse ? block.RowStarts![row] + e : row * x.Length + e;
            x[block.IsSparse ? block.Indices![place] : e] = block.Values[place];
        }

        return [.. model.Biases.Select((bias, k) => bias + x.Select((value, j) => value * model.Weights[k * x.Length + j]).Sum())];
    }

    private static double Loss(RowBlock block, int row, double[] z)
    {
        double[] target = block.Targets is { } targets
            ? [.. targets.Skip(row * z.Length).Take(z.Length).Select(t => (double)t)]
            : [.. z.Select((_, k) => z.Length == 1 ? block.Classes![row] : block.Classes![row] == k ? 1.0 : 0)];
        return z.Length == 1
            ? Math.Log(1 + Math.Exp(z[0])) - target[0] * z[0]
            : Math.Log(z.Sum(Math.Exp)) - z.Zip(target, (value, share) => value * share).Sum();
    }

    private static List<RowBlock> Soft(RowTable table, bool dense, int outputs, bool isSoft)
    {
        var block = dense ? table.Dense(rowsPerBlock: table.Rows)[0] : table.Sparse(rowsPerBlock: table.Rows)[0];
        if (!isSoft)
            return [block];
        var targets = new float[table.Rows * outputs];
        for (var i = 0; i < table.Rows; i++)
        {
            for (var k = 0; k < outputs; k++)
            {
                var hit = outputs == 1 ? table.Y[i] == 1 : table.Y[i] == k;
                targets[i * outputs + k] = hit ? 0.75f : 0.25f / Math.Max(1, outputs - 1);
            }
        }

        return [block with { Classes = null, Targets = targets }];
    }
}

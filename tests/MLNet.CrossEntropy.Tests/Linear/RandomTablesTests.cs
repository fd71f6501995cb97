using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Default fits of random sparse tables end within 0.1 % of the optimum that a slow L-BFGS in double finds.</summary>
public sealed class RandomTablesTests
{
    private const double Within = 1e-3;
    private const int WarmRows = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_random_sparse_table_is_fitted_cold_and_warm(int seed)
    {
        var table = Draw(seed);
        AssertOptimal(table, initial: null);
        var part = table with { X = table.X[..Math.Min(WarmRows, table.Rows)], Y = table.Y[..Math.Min(WarmRows, table.Rows)] };
        AssertOptimal(part, LinearSolver.Fit(table.Sparse(), null, Plan(table)));
    }

    private static void AssertOptimal(RowTable table, FittedLinearModel? initial)
    {
        var plan = Plan(table) with { InitialWeights = initial?.Weights, InitialBiases = initial?.Biases, StepsBefore = initial?.TotalSteps };
        var fit = LinearSolver.Fit(table.Sparse(), null, plan);
        var oracle = new SlowOptimum(table.X, table.Y, table.Classes, plan.L2);
        Assert.InRange(oracle.Objective([.. fit.Weights, .. fit.Biases]) / oracle.Find(), 0, 1 + Within);
        Assert.Null(fit.Warning);
        Assert.InRange(fit.Certificate.GapEstimate!.Value, 0, Within * fit.Certificate.Objective);
    }

    private static FitPlan Plan(RowTable table) => new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = table.Classes,
        L2 = 1.0 / table.Rows,
    };

    /// <summary>
    /// One-hot groups in random or periodic order, rare values with long tails, a column twice, and a constant one; the classes are drawn
    /// from a softmax of these, or take turns.
    /// </summary>
    private static RowTable Draw(int seed)
    {
        var random = new Random(seed);
        int rows = random.Next(100, 1501), classes = random.Next(2, 6), groups = random.Next(1, 5), rare = random.Next(0, 8);
        int[] levels = [.. Enumerable.Range(0, groups).Select(_ => random.Next(2, 25))];
        bool[] takeTurns = [.. levels.Select(_ => random.Next(3) == 0)];
        int features = levels.Sum() + rare + 2, period = random.Next(3) == 0 ? classes : 0;
        double[][] weights = [.. Enumerable.Range(0, classes)
            .Select(_ => Enumerable.Range(0, features).Select(_ => 4 * random.NextDouble() - 2).ToArray())];
        var x = new float[rows][];
        var y = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            x[i] = new float[features];
            var at = 0;
            for (var g = 0; g < groups; at += levels[g++])
                x[i][at + (takeTurns[g] ? i / (g + 1) % levels[g] : random.Next(levels[g]))] = 1;
            for (var end = at + rare; at < end; at++)
                x[i][at] = random.NextDouble() < 0.02 ? (float)Math.Exp(4 * random.NextDouble() - 2) : 0;
            x[i][at] = x[i][0];
            x[i][at + 1] = 1;
            double[] odds = [.. weights.Select(row => Math.Exp(row.Zip(x[i], (w, value) => w * value).Sum()))];
            var left = random.NextDouble() * odds.Sum();
            while (y[i] < classes - 1 && (left -= odds[y[i]]) >= 0)
                y[i]++;
            y[i] = period > 0 ? i % period : y[i];
        }

        return new RowTable { X = x, Y = y, Classes = classes };
    }
}

using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>
/// Auto on tables that are hard for one reason each, rows as few as show it: it ends at the optimum that a slow L-BFGS in double finds, and never
/// above the loss of the class shares.
/// </summary>
public sealed class FinishedSolverTests
{
    private const double Within = 1e-3;

    public static TheoryData<string, int> Tables
    {
        get
        {
            var tables = new TheoryData<string, int>();
            foreach (var name in Disguises.Keys)
            {
                tables.Add(name, 2);
                tables.Add(name, 5);
            }

            return tables;
        }
    }

    private static readonly Dictionary<string, Func<int, int, double, double>> Disguises = new()
    {
        ["as they are"] = (_, _, z) => z,
        ["scales 1e-4..1e6"] = (_, j, z) => z * Math.Pow(10, -4 + 2 * j),
        ["lognormal tails"] = (_, _, z) => Math.Exp(2.5 * z),
        ["one outlier"] = (i, j, z) => i == 700 && j == 3 ? 1e4 : z,
        ["a constant column"] = (_, j, z) => j == 2 ? 1000 : z,
        ["near-duplicate columns"] = (i, j, z) => j == 1 ? double.NaN : z,
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_optimum_of_a_hard_table_is_reached(string disguise, int classes)
    {
        var table = Draw(1000, classes, Disguises[disguise]);
        AssertOptimal(table.Dense(), table);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(900)]
    public void Rows_whose_order_has_a_period_are_learned(int rows)
    {
        // A colour that is the class, and a size that is not: one-hot, three classes taking turns.
        var table = new RowTable
        {
            X = [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, 23).Select(j => j == i % 3 || j == 3 + i / 3 % 20 ? 1f : 0).ToArray())],
            Y = [.. Enumerable.Range(0, rows).Select(i => i % 3)],
            Classes = 3,
        };
        AssertOptimal(table.Sparse(), table);
    }

    [Fact]
    public void A_class_of_five_rows_is_fitted()
    {
        var table = Draw(2000, 3, (_, _, z) => z);
        var left = 5;
        table = table with { Y = [.. table.Y.Select(label => label == 2 && left-- <= 0 ? 0 : label)] };
        AssertOptimal(table.Dense(), table);
    }

    [Fact]
    public void Few_epochs_asked_for_are_few_epochs()
    {
        var table = Draw(1000, 5, Disguises["lognormal tails"]);
        Assert.Equal(3, LinearSolver.Fit(table.Dense(), null, Plan(table) with { Epochs = 3 }).History.Count);
    }

    [Fact]
    public void Newtons_method_goes_on_where_SGD_has_not_converged()
    {
        var table = Draw(1000, 5, Disguises["lognormal tails"]);
        var auto = LinearSolver.Fit(table.Dense(), null, Plan(table));
        var sgd = LinearSolver.Fit(table.Dense(), null, Plan(table) with { Solver = Solver.Saga });
        Assert.Equal(StopReason.MaximumEpochs, sgd.StopReason);
        Assert.Equal(StopReason.Converged, auto.StopReason);
        Assert.True(auto.History.Count > sgd.History.Count);
        Assert.True(auto.Certificate.Objective < sgd.Certificate.Objective);
    }

    private static void AssertOptimal(List<RowBlock> blocks, RowTable table)
    {
        var plan = Plan(table);
        var fit = LinearSolver.Fit(blocks, null, plan);
        var oracle = new SlowOptimum(table.X, table.Y, table.Classes, plan.L2);
        var least = oracle.Find();
        Assert.InRange(oracle.Objective([.. fit.Weights, .. fit.Biases]), 0, least * (1 + Within));
        var shares = table.Y.CountBy(label => label).Select(pair => (double)pair.Value / table.Rows);
        Assert.True(fit.Certificate.Objective <= shares.Sum(share => -share * Math.Log(share)));
    }

    private static FitPlan Plan(RowTable table) => new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = table.Classes,
        L2 = 1.0 / table.Rows,
    };

    /// <summary>Labels drawn from the softmax of <c>V z</c>; the features are the standard normal z in disguise (NaN: nearly that to the left).</summary>
    private static RowTable Draw(int rows, int classes, Func<int, int, double, double> disguise)
    {
        const int Features = 6;
        var random = new Random(1);
        double[][] weights = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, Features).Select(_ => Normal(random)).ToArray())];
        var x = new float[rows][];
        var y = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            double[] z = [.. Enumerable.Range(0, Features).Select(_ => Normal(random))];
            double[] odds = [.. weights.Select(row => Math.Exp(row.Zip(z, (w, value) => w * value).Sum()))];
            var left = random.NextDouble() * odds.Sum();
            while (y[i] < classes - 1 && (left -= odds[y[i]]) >= 0)
                y[i]++;
            double[] features = [.. z.Select((value, j) => disguise(i, j, value))];
            x[i] = [.. features.Select((value, j) => (float)(double.IsNaN(value) ? features[j - 1] + 1e-3 * z[j] : value))];
        }

        return new RowTable { X = x, Y = y, Classes = classes };
    }

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

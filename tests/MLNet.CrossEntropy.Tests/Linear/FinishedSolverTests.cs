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
        ["means to 1e3"] = (_, j, z) => z + Math.Pow(10, j / 2.0),
        ["a value that is rarely there"] = (i, j, z) => j == 4 ? (i % 97 == 0 ? 1 : 0) : z,
        ["nearly separable"] = (_, _, z) => 8 * z,
    };

    /// <summary>How rows may be ordered, none of which is to change what is reached.</summary>
    private static readonly Dictionary<string, Func<int, int, int>> Orders = new()
    {
        ["sorted by class"] = (_, label) => label,
        ["classes taking turns"] = (i, _) => i % 3,
        ["backwards"] = (i, _) => -i,
    };

    [Theory]
    [InlineData("sorted by class")]
    [InlineData("classes taking turns")]
    [InlineData("backwards")]
    public void The_order_of_the_rows_and_their_form_do_not_matter(string order)
    {
        var table = Draw(1000, 3, Disguises["lognormal tails"]);
        int[] numbers = [.. Enumerable.Range(0, table.Rows).OrderBy(i => Orders[order](i, table.Y[i]))];
        table = table with { X = [.. numbers.Select(i => table.X[i])], Y = [.. numbers.Select(i => table.Y[i])] };
        AssertOptimal(table.Dense(), table);
        AssertOptimal(table.Sparse(), table);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_far_out_that_agree_with_the_others_do_not_hide_them(int classes)
    {
        // Each outlier says what its feature says anyway: fitted for nothing, it leaves the other rows' optimum as it is.
        var table = Draw(1000, classes, Disguises["as they are"]);
        var least = new SlowOptimum(table.X, table.Y, classes, 1.0 / table.Rows).Find() * table.Rows;
        var fit = LinearSolver.Fit(table.Dense(), null, Plan(table));
        var outliers = Enumerable.Range(0, table.Features).Select(j =>
        {
            var outlier = new float[table.Features];
            outlier[j] = 1e8f;
            return (X: outlier, Y: Enumerable.Range(0, classes).MaxBy(k => fit.Weights[k * table.Features + j]));
        }).ToArray();
        AssertSum(table with { X = [.. table.X, .. outliers.Select(o => o.X)], Y = [.. table.Y, .. outliers.Select(o => o.Y)] }, least);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_far_out_that_contradict_each_other_silence_their_feature(int classes)
    {
        // Both classes at 1e8: the weights are 0, as if the feature were not there, and the two rows an even chance.
        var table = Draw(1000, classes, Disguises["as they are"]);
        float[][] without = [.. table.X.Select(row => row.Select((value, j) => j == 2 ? 0 : value).ToArray())];
        var least = new SlowOptimum(without, table.Y, classes, 1.0 / table.Rows).Find() * table.Rows;
        var outlier = new float[table.Features];
        outlier[2] = 1e8f;
        AssertSum(table with { X = [.. table.X, outlier, outlier], Y = [.. table.Y, 0, 1] }, least + 2 * Math.Log(2));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    [InlineData(5, 4)]
    [InlineData(5, 6)]
    public void Rows_far_out_here_and_there_hide_no_better_model(int classes, int seed)
    {
        // Whether they agree with the others or not, each ties weights together, or not: from none of many starts is there more to gain.
        // (Times much larger values, what floats round away from ties are nats.)
        var random = new Random(seed);
        var table = Draw(1000, classes, Disguises["as they are"]);
        (int Row, int Feature)[] cells = [.. Enumerable.Range(0, 8).Select(_ => (random.Next(table.Rows), random.Next(table.Features)))];
        RowTable With(float value)
        {
            var rows = table with { X = [.. table.X.Select(row => (float[])[.. row])] };
            foreach (var (row, feature) in cells)
                rows.X[row][feature] = value;
            return rows;
        }

        var plan = Plan(table);
        var rows = With(1e6f).Dense();
        var starts = new[] { 1e2f, 1e3f, 1e5f }
            .Select(value => LinearSolver.Fit(With(value).Dense(), null, plan with { Solver = Solver.Newton }))
            .Select(fit => (fit.Weights, fit.Biases))
            .Concat(Enumerable.Range(0, 3).Select(_ => (
                Weights: (float[])[.. Enumerable.Range(0, classes * table.Features).Select(_ => (float)(2 * random.NextDouble() - 1))],
                Biases: new float[classes])));
        var least = starts.Min(start => LinearSolver.Fit(
            rows, null, plan with { Solver = Solver.Newton, InitialWeights = start.Weights, InitialBiases = start.Biases })
            .Certificate.Objective);
        foreach (var solver in new[] { Solver.Auto, Solver.Newton })
        {
            var fit = LinearSolver.Fit(rows, null, plan with { Solver = solver });
            Assert.InRange(fit.Certificate.Objective, 0, least * (1 + Within));
            Assert.InRange(fit.Certificate.GapEstimate!.Value, 0, 0.01 * least);
        }
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    public void What_is_left_of_a_fit_that_ends_early_is_told(int epochs, bool dense)
    {
        var table = Draw(1000, 5, Disguises["scales 1e-4..1e6"]);
        var fit = LinearSolver.Fit(dense ? table.Dense() : table.Sparse(), null, Plan(table) with { Epochs = epochs });
        var least = new SlowOptimum(table.X, table.Y, table.Classes, 1.0 / table.Rows).Find();
        var left = fit.Certificate.Objective - least;
        Assert.InRange(fit.Certificate.GapEstimate!.Value, left / 2, left * 2);
        var done = LinearSolver.Fit(dense ? table.Dense() : table.Sparse(), null, Plan(table));
        Assert.InRange(done.Certificate.GapEstimate!.Value, 0, 1e-4 * least);
    }

    [Theory]
    [InlineData(Solver.Sgd, true, 0)]
    [InlineData(Solver.Saga, true, 0)]
    [InlineData(Solver.Sgd, false, 0)]
    [InlineData(Solver.Sgd, true, 0.01)]
    public void No_rate_ends_above_where_the_fit_began(Solver solver, bool dense, double l1)
    {
        var table = Draw(300, 3, Disguises["as they are"]);
        var blocks = dense ? table.Dense() : table.Sparse();
        var plan = Plan(table) with { Solver = solver, L1 = l1, LearningRate = 3, Epochs = 2 };
        var cold = LinearSolver.Fit(blocks, null, plan);
        var shares = table.Y.CountBy(label => label).Select(pair => (double)pair.Value / table.Rows);
        Assert.True(cold.Certificate.Objective <= shares.Sum(share => -share * Math.Log(share)) * (1 + 1e-6));
        var good = LinearSolver.Fit(blocks, null, Plan(table) with { L1 = l1 });
        var warm = LinearSolver.Fit(blocks, null, plan with { InitialWeights = good.Weights, InitialBiases = good.Biases });
        Assert.True(warm.Certificate.Objective <= good.Certificate.Objective * (1 + 1e-6));
        Assert.NotNull(warm.Warning);
    }

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
    public void Newtons_method_goes_first_where_it_is_cheap_and_else_on_from_SGD()
    {
        var small = Draw(1000, 5, Disguises["lognormal tails"]);
        var plan = LinearSolver.Fit(small.Dense(), null, Plan(small)).Start.Plan;
        Assert.Equal((Solver.Newton, 0), (plan.Solver, plan.NewtonSteps));
        Assert.Equal(Solver.Saga, LinearSolver.Fit(small.Dense(), small.Dense(), Plan(small)).Start.Plan.Solver);
        var large = RowTable.Gaussian(3000, 100, 8);
        var auto = LinearSolver.Fit(large.Dense(), null, Plan(large));
        Assert.Equal((Solver.Saga, StopReason.Converged), (auto.Start.Plan.Solver, auto.StopReason));
        var sgd = LinearSolver.Fit(large.Dense(), null, Plan(large) with { Solver = Solver.Saga });
        Assert.True(auto.History.Count < sgd.History.Count);
        Assert.InRange(auto.Certificate.Objective, 0, sgd.Certificate.Objective * (1 + 1e-6));
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

    /// <summary>That the fit of a table is within reach of the least sum of its losses and penalty.</summary>
    private static void AssertSum(RowTable table, double least)
    {
        var fit = LinearSolver.Fit(table.Dense(), null, Plan(table));
        Assert.InRange(fit.Certificate.Objective * table.Rows, least * (1 - 1e-5), least * (1 + Within));
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

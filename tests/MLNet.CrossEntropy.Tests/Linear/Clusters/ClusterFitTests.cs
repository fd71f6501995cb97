using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear.Clusters;

/// <summary>A fit of many ranks beside one of a single one: the same bits, wherever rows were read.</summary>
public sealed class ClusterFitTests
{
    public static TheoryData<Solver, bool, int> Fits => new()
    {
        { Solver.Newton, true, 7 },
        { Solver.Newton, true, 60 },
        { Solver.Newton, false, 40 },
        { Solver.Sgd, true, 7 },
        { Solver.Sgd, false, 40 },
        { Solver.Saga, true, 60 },
        { Solver.Saga, false, 40 },
    };

    [Theory]
    [MemberData(nameof(Fits))]
    public void Any_number_of_ranks_gives_the_same_bits(Solver solver, bool isDense, int features)
    {
        var table = Table(isDense, features);
        var plan = Plan(table) with { Solver = solver, Epochs = solver == Solver.Newton ? 0 : 6 };
        var one = Fit(table, 1, plan)[0];
        foreach (var size in (int[])[2, 3, 4, 8])
        {
            foreach (var many in Fit(table, size, plan))
                AssertSame(one, many);
        }

        // Another number of threads, and rows that were read unevenly.
        foreach (var many in Fit(table, 3, plan with { Threads = 2 }, uneven: true))
            AssertSame(one, many);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_optimum_is_that_of_one_process(bool isDense)
    {
        var table = Table(isDense, 12);
        var plan = Plan(table) with { Solver = Solver.Newton, Tolerance = 1e-6 };
        var plain = LinearSolver.Fit(isDense ? table.Dense() : table.Sparse(), null, plan);
        var many = Fit(table, 3, plan)[0];
        // Each is as far from the one optimum of a strongly convex objective as its gradient says.
        var distance = Math.Sqrt(plain.Weights.Zip(many.Weights, (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.InRange(distance, 0, (plain.Certificate.GradientNorm + many.Certificate.GradientNorm) / plan.L2);
        Assert.InRange(
            Math.Abs(plain.Certificate.Objective - many.Certificate.Objective), 0,
            plain.Certificate.GapBound!.Value + many.Certificate.GapBound!.Value + 1e-7 * plain.Certificate.Objective);
    }

    [Fact]
    public void Validation_rows_of_all_ranks_decide_when_to_stop()
    {
        RowTable training = Table(true, 30) with { X = Table(true, 30).X[..80] }, validation = RowTable.Gaussian(700, 30, 3, seed: 9);
        var plan = Plan(training) with { Solver = Solver.Newton, L2 = 1e-6, Patience = 2 };
        FittedLinearModel[] Of(int size) => ThreadCluster.Run(size, cluster => LinearSolver.Fit(
            Part(training, cluster, uneven: false), Part(validation, cluster, uneven: true), plan with { Cluster = cluster }));
        var one = Of(1)[0];
        var plain = LinearSolver.Fit(training.Dense(), validation.Dense(), plan);
        Assert.Equal(plain.History[0].ValidationStandardError!.Value, one.History[0].ValidationStandardError!.Value, 1e-6);
        Assert.NotNull(one.BestEpoch);
        foreach (var many in Of(4))
        {
            AssertSame(one, many);
            Assert.Equal(one.History.Select(epoch => epoch.ValidationLoss), many.History.Select(epoch => epoch.ValidationLoss));
        }
    }

    [Fact]
    public void Too_few_rows_are_refused_on_every_rank()
    {
        var table = Table(true, 7) with { X = Table(true, 7).X[..30] };
        var outcomes = ThreadCluster.Try(3, cluster => LinearSolver.Fit(
            Part(table, cluster, uneven: false), null, Plan(table) with { Cluster = cluster }));
        Assert.All(outcomes, outcome => Assert.Contains("at most 2 ranks", outcome.Failure!.Message, StringComparison.Ordinal));
    }

    private static RowTable Table(bool isDense, int features)
    {
        var table = RowTable.Gaussian(1_500, features, 3) with { Weights = [.. Enumerable.Range(0, 1_500).Select(i => 1f + i % 3)] };
        return isDense ? table : table.Thinned(0.1);
    }

    private static FitPlan Plan(RowTable table) => new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = table.Classes,
        L2 = 1e-3,
    };

    private static FittedLinearModel[] Fit(RowTable table, int size, FitPlan plan, bool uneven = false) => ThreadCluster.Run(
        size, cluster => LinearSolver.Fit(Part(table, cluster, uneven), null, plan with { Cluster = cluster }));

    /// <summary>The rows that a rank has read.</summary>
    private static List<RowBlock> Part(RowTable table, ThreadCluster cluster, bool uneven)
    {
        int End(int rank) => rank == cluster.Size ? table.Rows
            : uneven ? table.Rows * rank * rank / (cluster.Size * cluster.Size) : table.Rows * rank / cluster.Size;
        var rows = End(cluster.Rank)..End(cluster.Rank + 1);
        var part = table with { X = table.X[rows], Y = table.Y[rows], Weights = table.Weights?[rows] };
        // Ranks may have read their rows in another form.
        return cluster.Rank % 2 == 0 ? part.Dense(rowsPerBlock: 32) : part.Sparse(rowsPerBlock: 48);
    }

    private static void AssertSame(FittedLinearModel one, FittedLinearModel other)
    {
        Assert.Equal(one.Weights, other.Weights);
        Assert.Equal(one.Biases, other.Biases);
        Assert.Equal(one.Certificate, other.Certificate);
        Assert.Equal(one.History.Count, other.History.Count);
    }
}

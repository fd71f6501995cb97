using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class SgdSolverTests
{
    // iris/standard/softmax/lam0.01/l1r0/unweighted of sklearn-fits.json
    private const double Optimum = 0.24367722664938243;

    private static readonly FitPlan ThreeClasses = new() { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 3, Seed = 5 };

    private static readonly JsonNode Golden = GoldenFile.Load("sklearn-fits.json");

    private static readonly Dictionary<string, Sgd> Rules = new()
    {
        ["momentum"] = new Sgd { Momentum = 0.9 },
        ["nesterov"] = new Sgd { Momentum = 0.9, Nesterov = true },
        ["dampened"] = new Sgd { Momentum = 0.8, Dampening = 0.5 },
    };

    public static TheoryData<string> Names => AllOptimizers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_optimizer_reaches_the_optimum_in_the_loop(string name)
    {
        var iris = RowTable.FromGolden("iris", standardised: true) with { Weights = null };
        var result = LinearSolver.Fit(iris.Dense(), null, ThreeClasses with
        {
            Solver = Solver.Sgd,
            Optimizer = AllOptimizers.Rule(name),
            Schedule = AllOptimizers.ScheduleOf(name),
            Epochs = AllOptimizers.Steps,
            BatchSize = 150,
            L2 = 0.01,
        });
        Assert.InRange(result.Certificate.Objective, Optimum * (1 - 1e-5), Optimum * (1 + 1e-3));
    }

    public static TheoryData<string, string> PenalisedFits()
    {
        var cases = new TheoryData<string, string>();
        foreach (var fit in Golden["fits"]!.AsArray().Where(fit => fit!["l1"].Number() > 0 && fit["class_weight"] is null
            && fit["weighting"] is null))
        {
            foreach (var rule in Rules.Keys)
                cases.Add(rule, fit!["id"]!.GetValue<string>());
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(PenalisedFits))]
    public void Proximal_steps_keep_their_balance_with_those_of_the_rule(string rule, string id)
    {
        var fit = Golden["fits"]!.AsArray().Single(fit => fit!["id"]!.GetValue<string>() == id)!;
        var problem = RowTable.FromGolden(fit["dataset"]!.GetValue<string>(),
            fit["scaling"]!.GetValue<string>() == "standard") with
        { Weights = null };
        var binary = fit["kind"]!.GetValue<string>() == "binary";
        var result = LinearSolver.Fit(problem.Dense(), null, new FitPlan
        {
            Loss = binary ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(),
            Outputs = binary ? 1 : problem.Classes,
            Solver = Solver.Sgd,
            Optimizer = Rules[rule],
            Schedule = Schedule.Constant(0.3),
            BatchSize = problem.Rows,
            Epochs = 3_000,
            L1 = fit["l1"].Number(),
            L2 = fit["l2"].Number(),
        });
        Assert.InRange(result.Certificate.Objective, fit["objective"].Number() * (1 - 1e-5), fit["objective"].Number() * (1 + 1e-3));
    }

    [Fact]
    public void A_schedule_gives_the_rate_of_every_step()
    {
        var result = LinearSolver.Fit(RowTable.Gaussian(64, 3, 3).Dense(), null, ThreeClasses with
        {
            Schedule = Schedule.Constant(0.01),
            BatchSize = 16,
            Epochs = 3,
        });
        Assert.All(result.History, epoch => Assert.Equal(0.01, epoch.LearningRate));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rate_that_is_none_is_refused_wherever_it_comes_from(bool sparse)
    {
        var problem = RowTable.Gaussian(64, 3, 3).Thinned(sparse ? 0.2 : 1);
        foreach (var rate in new[] { -0.1, double.NaN, double.PositiveInfinity })
        {
            var options = ThreeClasses with { Schedule = new Unchecked(rate), BatchSize = 16, Epochs = 3 };
            var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
                LinearSolver.Fit(sparse ? problem.Sparse() : problem.Dense(), null, options));
            Assert.Equal("learningRate", error.ParamName);
        }
    }

    [Fact]
    public void What_an_optimizer_cannot_do_is_refused()
    {
        var problem = RowTable.Gaussian(60, 4, 3).Thinned(0.2);
        var adam = ThreeClasses with { Optimizer = new Adam() };
        Assert.Contains("give a learning rate or a schedule", Refusal(problem.Dense(), adam), StringComparison.Ordinal);
        Assert.Contains("there is an L1 penalty", Refusal(problem.Dense(), adam with { LearningRate = 0.01, L1 = 0.1 }),
            StringComparison.Ordinal);
        Assert.Contains("the rows are sparse", Refusal(problem.Sparse(), adam with { LearningRate = 0.01 }), StringComparison.Ordinal);

        static string Refusal(List<RowBlock> rows, FitPlan options) =>
            Assert.Throws<ArgumentException>(() => LinearSolver.Fit(rows, null, options)).Message;
    }

    [Fact]
    public void Lazy_penalties_of_sparse_steps_equal_those_of_every_step()
    {
        // The same plain SGD on the same rows in the same order; the dense step penalises every weight in every step.
        var problem = RowTable.Gaussian(200, 40, 3).Thinned(0.05);
        var options = ThreeClasses with
        {
            Solver = Solver.Sgd,
            Standardize = false,
            LearningRate = 0.05,
            BatchSize = 8,
            Epochs = 4,
            L1 = 2e-3,
            L2 = 1e-2,
        };
        var eager = LinearSolver.Fit(problem.Dense(), null, options with { Optimizer = new Sgd() });
        var lazy = LinearSolver.Fit(problem.Sparse(), null, options);
        const double Tolerance = 2e-4;
        for (var i = 0; i < eager.Weights.Length; i++)
            Assert.Equal(eager.Weights[i], lazy.Weights[i], Tolerance);
        Assert.InRange(eager.Weights.Max(Math.Abs), 100 * Tolerance, 10);
    }

    [Theory]
    [InlineData(false, Solver.Sgd)]
    [InlineData(false, Solver.Saga)]
    [InlineData(true, Solver.Sgd)]
    [InlineData(true, Solver.Saga)]
    public void More_epochs_allocate_nothing_but_their_reports(bool sparse, Solver solver)
    {
        var problem = RowTable.Gaussian(512, 20, 3).Thinned(sparse ? 0.2 : 1);
        var rows = sparse ? problem.Sparse() : problem.Dense();
        var options = ThreeClasses with { Solver = solver, BatchSize = 8, LearningRate = 0.01 };
        long Allocated(int epochs)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            LinearSolver.Fit(rows, null, options with { Epochs = epochs });
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(2);
        // 64 steps an epoch: a single object a step would be 1,536 bytes at least.
        var perEpoch = (Allocated(42) - Allocated(2)) / 40.0;
        Assert.InRange(perEpoch, 0, 1_000);
    }

    private sealed record Unchecked(double Answer) : Schedule
    {
        protected override double RateAt(long k) => Answer;
    }
}

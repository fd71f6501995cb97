using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Newton's method as the loop runs it.</summary>
public sealed class NewtonSolverTests
{
    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 300)]
    public void The_number_of_threads_changes_no_bit(bool dense, int features)
    {
        var table = RowTable.Gaussian(3_000, features, 5);
        var one = LinearSolver.Fit(dense ? table.Dense() : table.Sparse(), null, Options(table));
        foreach (var threads in new[] { 2, 8 })
        {
            var many = LinearSolver.Fit(dense ? table.Dense() : table.Sparse(), null, Options(table) with { Threads = threads });
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Biases, many.Biases);
        }
    }

    [Fact]
    public void Saga_goes_to_the_same_optimum()
    {
        var table = RowTable.Gaussian(400, 12, 3);
        var newton = LinearSolver.Fit(table.Dense(), null, Options(table));
        var saga = LinearSolver.Fit(table.Dense(), null, Options(table) with { Solver = Solver.Saga, Epochs = 2_000, Tolerance = 1e-6 });
        for (var i = 0; i < newton.Weights.Length; i++)
            Assert.Equal(saga.Weights[i], newton.Weights[i], 1e-3);
    }

    [Fact]
    public void The_objective_falls_in_every_step()
    {
        var table = RowTable.Gaussian(200, 8, 4);
        double[] losses = [.. LinearSolver.Fit(table.Dense(), null, Options(table) with { L2 = 0 }).History.Select(epoch =>
            epoch.TrainingLoss)];
        Assert.True(losses.Length > 2);
        for (var i = 1; i < losses.Length; i++)
            Assert.InRange(losses[i], 0, losses[i - 1] * (1 + 1e-6));
    }

    [Fact]
    public void Validation_rows_end_the_fit_where_they_are_judged_best()
    {
        RowTable training = RowTable.Gaussian(40, 30, 2), validation = RowTable.Gaussian(300, 30, 2, seed: 2);
        var result = LinearSolver.Fit(training.Dense(), validation.Dense(), Options(training) with { L2 = 1e-6, Patience = 2 });
        Assert.Equal(StopReason.PatienceExhausted, result.StopReason);
        Assert.True(result.History[^1].ValidationLoss > result.History.Min(epoch => epoch.ValidationLoss));
    }

    [Fact]
    public void Given_weights_at_the_optimum_stay_there()
    {
        var table = RowTable.Gaussian(300, 6, 3);
        var first = LinearSolver.Fit(table.Dense(), null, Options(table));
        var again = LinearSolver.Fit(table.Dense(), null, Options(table) with
        {
            InitialWeights = first.Weights,
            InitialBiases = first.Biases,
        });
        Assert.InRange(again.History.Count, 1, 2);
        for (var i = 0; i < first.Weights.Length; i++)
            Assert.Equal(first.Weights[i], again.Weights[i], 1e-4);
    }

    public static TheoryData<string, string> Refusals() => new()
    {
        { "L1", "without kinks" },
        { "Brier", "softmax Brier" },
        { "rate", "leave out" },
        { "batch", "leave out" },
        { "optimizer", "leave out" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_does_not_go_with_it_is_refused(string option, string remedy)
    {
        var table = RowTable.Gaussian(50, 2, 2);
        var options = Options(table);
        options = option switch
        {
            "L1" => options with { L1 = 0.1 },
            "Brier" => options with { Loss = new SoftmaxBrierLoss() },
            "rate" => options with { LearningRate = 0.1 },
            "batch" => options with { BatchSize = 10 },
            _ => options with { Optimizer = new Adam() },
        };
        var error = Assert.Throws<ArgumentException>(() => LinearSolver.Fit(table.Dense(), null, options));
        Assert.Contains("Newton", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    private static FitPlan Options(RowTable table) => new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = table.Classes,
        Solver = Solver.Newton,
        Tolerance = 1e-6,
        L2 = 1e-2,
        Seed = 1,
    };
}

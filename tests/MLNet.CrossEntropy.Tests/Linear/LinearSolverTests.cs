using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class LinearSolverTests
{
    private static readonly FitPlan ThreeClasses = new() { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 3, Epochs = 3, Seed = 5 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_changes_no_bit(bool sparse)
    {
        // Wide enough that the plan lets every thread in.
        var problem = RowTable.Gaussian(rows: 700, features: 300, classes: 3).Thinned(sparse ? 0.1 : 1);
        var options = ThreeClasses with { BatchSize = 64, L1 = 1e-4, L2 = 1e-3 };
        var blocks = sparse ? problem.Sparse() : problem.Dense();
        var alone = LinearSolver.Fit(blocks, null, options with { Threads = 1 });
        foreach (var threads in new[] { 2, 3, 8 })
        {
            var together = LinearSolver.Fit(blocks, null, options with { Threads = threads });
            Assert.Equal(alone.Weights, together.Weights);
            Assert.Equal(alone.Biases, together.Biases);
            Assert.Equal(alone.Certificate, together.Certificate);
        }
    }

    [Theory]
    [InlineData(2_000, 200, 5, 256, Solver.Sgd)]
    [InlineData(2_000, 200, 5, 300, Solver.Saga)]
    [InlineData(500, 300, 7, 64, Solver.Saga)]
    [InlineData(333, 401, 3, 100, Solver.Sgd)]
    [InlineData(96, 1_100, 2_000, 64, Solver.Sgd)]
    public void Neither_do_units_that_fall_to_other_threads(int rows, int features, int classes, int batchSize, Solver solver)
    {
        var blocks = RowTable.Gaussian(rows, features, classes).Dense();
        FittedLinearModel Fit(int threads) => LinearSolver.Fit(blocks, null, new FitPlan
        {
            Loss = new SoftmaxCrossEntropyLoss(),
            Outputs = classes,
            Solver = solver,
            BatchSize = batchSize,
            Epochs = 2,
            Threads = threads,
        });

        var one = Fit(1);
        foreach (var threads in new[] { 2, 3, 8 })
        {
            var many = Fit(threads);
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Biases, many.Biases);
            Assert.Equal(one.Certificate, many.Certificate);
            Assert.Equal(one.History[^1].Objective, many.History[^1].Objective);
        }
    }

    [Fact]
    public void Blocks_are_only_storage()
    {
        var problem = RowTable.Gaussian(200, 7, 3);
        var few = LinearSolver.Fit(problem.Dense(rowsPerBlock: 200), null, ThreeClasses);
        var many = LinearSolver.Fit(problem.Dense(rowsPerBlock: 16), null, ThreeClasses);
        Assert.Equal(few.Weights, many.Weights);
    }

    [Fact]
    public void Sparse_and_dense_rows_reach_the_same_optimum()
    {
        var problem = RowTable.Gaussian(400, 12, 3).Thinned(0.3);
        var options = ThreeClasses with { L2 = 0.01, Epochs = 300 };
        var dense = LinearSolver.Fit(problem.Dense(), null, options);
        var sparse = LinearSolver.Fit(problem.Sparse(), null, options);
        Assert.Equal(dense.Certificate.Objective, sparse.Certificate.Objective, 1e-4);
    }

    [Fact]
    public void A_row_of_weight_two_is_the_row_twice()
    {
        // Full batches, so that the two runs see the same gradients.
        var problem = RowTable.Gaussian(60, 4, 3);
        var weighted = problem with { Weights = [.. Enumerable.Range(0, 60).Select(i => i < 20 ? 2f : 1f)] };
        var repeated = problem with { X = [.. problem.X, .. problem.X[..20]], Y = [.. problem.Y, .. problem.Y[..20]] };
        var options = ThreeClasses with { Epochs = 50 };
        var first = LinearSolver.Fit(weighted.Dense(), null, options with { BatchSize = 60 });
        var second = LinearSolver.Fit(repeated.Dense(), null, options with { BatchSize = 80 });
        // The sampled learning-rate rule sees other rows, so compare the optimum both approach, not the path.
        Assert.Equal(first.Certificate.Objective, second.Certificate.Objective, 1e-2);
    }

    [Fact]
    public void Without_features_that_tell_anything_the_model_is_the_class_prior()
    {
        var problem = RowTable.Gaussian(300, 2, 3) with { X = [.. Enumerable.Repeat(new[] { 5f, -1f }, 300)] };
        var result = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { Epochs = 50, BatchSize = 300 });
        var logits = Enumerable.Range(0, 3).Select(k => result.Biases[k]
            + 5.0 * result.Weights[2 * k] - result.Weights[2 * k + 1]).ToArray();
        var sum = logits.Sum(Math.Exp);
        for (var k = 0; k < 3; k++)
            Assert.Equal(problem.Y.Count(y => y == k) / 300.0, Math.Exp(logits[k]) / sum, 1e-3);
    }

    [Fact]
    public void Raw_features_of_wild_scales_neither_diverge_nor_crawl()
    {
        var problem = RowTable.Gaussian(500, 6, 3);
        var wild = problem with
        {
            X = [.. problem.X.Select(row => row.Select((value, j) => (value + j) * (float)Math.Pow(10, j - 2)).ToArray())],
        };
        var options = ThreeClasses with { Epochs = 40 };
        var tame = LinearSolver.Fit(problem.Dense(), null, options);
        var scaled = LinearSolver.Fit(wild.Dense(), null, options);
        Assert.Equal(tame.Certificate.DataTerm, scaled.Certificate.DataTerm, 2e-3);
    }

    [Fact]
    public void A_learning_rate_far_too_large_is_cut_until_the_loss_falls()
    {
        var problem = RowTable.Gaussian(300, 6, 3);
        var result = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { Epochs = 30, LearningRate = 3_000 });
        Assert.True(result.History[^1].LearningRate < 3_000);
        Assert.InRange(result.Certificate.DataTerm, 0, Math.Log(3));
    }

    [Fact]
    public void A_hopeless_learning_rate_is_an_error_that_says_what_to_do()
    {
        var problem = RowTable.Gaussian(100, 3, 3);
        var error = Assert.Throws<InvalidOperationException>(
            () => LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { LearningRate = 1e30 }));
        Assert.Contains("epoch 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
        Assert.Contains("feature of largest scale", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patience_ends_the_fit_and_the_best_weights_are_returned()
    {
        // Half the labels are wrong, so few rows with many features overfit: validation loss turns up while training loss goes down.
        var training = RowTable.Gaussian(60, 50, 3, seed: 1).WithWrongLabels(0.5);
        var validation = RowTable.Gaussian(300, 50, 3, seed: 2).WithWrongLabels(0.5);
        var result = LinearSolver.Fit(training.Dense(), validation.Dense(), ThreeClasses with { Epochs = 400, Patience = 4 });
        Assert.Equal(StopReason.PatienceExhausted, result.StopReason);
        var best = result.History.MinBy(report => report.ValidationLoss)!;
        Assert.Equal(4, result.History.Count - best.Epoch);
        var again = LinearSolver.Fit(training.Dense(), validation.Dense(), ThreeClasses with { Epochs = 400, Patience = 1_000 });
        Assert.Equal(again.History.Min(report => report.ValidationLoss!.Value), MeanLoss(validation, again), 1e-5);
    }

    [Fact]
    public void Cancelling_returns_the_weights_so_far()
    {
        using var source = new CancellationTokenSource();
        var problem = RowTable.Gaussian(200, 4, 3);
        var result = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with
        {
            Epochs = 100,
            Cancellation = source.Token,
            OnEpoch = report =>
            {
                if (report.Epoch == 3)
                    source.Cancel();
            },
        });
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(3, result.History.Count);
        Assert.InRange(result.Certificate.DataTerm, 0, 0.95 * Math.Log(3));
    }

    [Fact]
    public void A_tolerance_ends_the_fit_when_the_loss_stops_falling()
    {
        var problem = RowTable.Gaussian(200, 4, 3);
        var result = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { Solver = Solver.Sgd, Epochs = 500, Tolerance = 1e-3 });
        Assert.Equal(StopReason.Converged, result.StopReason);
        Assert.InRange(result.History.Count, 3, 499);
    }

    [Fact]
    public void L1_makes_weights_exactly_zero()
    {
        var problem = RowTable.Gaussian(500, 30, 3);
        Assert.DoesNotContain(0f, LinearSolver.Fit(problem.Dense(), null, ThreeClasses).Weights);
        var options = ThreeClasses with { Solver = Solver.Sgd, L1 = 0.1, Epochs = 1_000 };
        var dense = LinearSolver.Fit(problem.Dense(), null, options with { BatchSize = 500 });
        var sparse = LinearSolver.Fit(problem.Sparse(), null, options with { BatchSize = 500 });
        // Full batches, no noise: both are at the optimum, whose zeros are a fact of the problem.
        Assert.Equal(dense.Certificate.Objective, sparse.Certificate.Objective, 1e-4);
        Assert.Equal(dense.Weights.Select(weight => weight == 0), sparse.Weights.Select(weight => weight == 0));
        Assert.InRange(dense.Weights.Count(weight => weight == 0), 1, 89);
    }

    [Fact]
    public void Given_weights_are_where_the_fit_starts()
    {
        var problem = RowTable.Gaussian(300, 5, 3);
        var first = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { Epochs = 60 });
        var second = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with
        {
            Epochs = 1,
            LearningRate = 1e-9,
            InitialWeights = first.Weights,
            InitialBiases = first.Biases,
        });
        Assert.Equal(first.Certificate.DataTerm, second.Certificate.DataTerm, 1e-5);
    }

    [Fact]
    public void Rows_without_weight_are_refused()
    {
        var problem = RowTable.Gaussian(5, 2, 3) with { Weights = new float[5] };
        var error = Assert.Throws<ArgumentException>(() => LinearSolver.Fit(problem.Dense(), null, ThreeClasses));
        Assert.Contains("at least one must have a positive weight", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LinearSolver.Fit([], null, ThreeClasses));
    }

    [Fact]
    public void The_certificate_is_the_objective_and_its_gradient()
    {
        var problem = RowTable.Gaussian(80, 4, 3) with { Weights = [.. Enumerable.Range(1, 80).Select(i => i / 40f)] };
        var result = LinearSolver.Fit(problem.Dense(), null, ThreeClasses with { L2 = 0.1 });
        double Objective(float[] weights, float[] biases) =>
            MeanLoss(problem, result with { Weights = weights, Biases = biases }) + 0.05 * weights.Sum(w => (double)w * w);
        Assert.Equal(Objective(result.Weights, result.Biases), result.Certificate.Objective, 1e-6);

        var squares = 0.0;
        const float Step = 1e-2f;
        foreach (var parameters in new[] { result.Weights, result.Biases })
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                var kept = parameters[i];
                parameters[i] = kept + Step;
                var above = Objective(result.Weights, result.Biases);
                parameters[i] = kept - Step;
                var below = Objective(result.Weights, result.Biases);
                parameters[i] = kept;
                var slope = (above - below) / (2 * Step);
                squares += slope * slope;
            }
        }

        Assert.Equal(Math.Sqrt(squares), result.Certificate.GradientNorm, 1e-4);
        Assert.Equal(result.Certificate.GradientNorm * result.Certificate.GradientNorm / 0.2, result.Certificate.GapBound!.Value, 1e-9);
    }

    private static double MeanLoss(RowTable problem, FittedLinearModel model)
    {
        var loss = new SoftmaxCrossEntropyLoss();
        double sum = 0, weights = 0;
        for (var i = 0; i < problem.Rows; i++)
        {
            var logits = new double[problem.Classes];
            for (var k = 0; k < logits.Length; k++)
            {
                logits[k] = model.Biases[k];
                for (var j = 0; j < problem.Features; j++)
                    logits[k] += (double)model.Weights[k * problem.Features + j] * problem.X[i][j];
            }

            var weight = problem.Weights?[i] ?? 1;
            sum += weight * loss.Loss(logits, RowTarget.Class(problem.Y[i]));
            weights += weight;
        }

        return sum / weights;
    }
}

using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Cancelling at every place where it can hit: the answer is the model so far, or a clear error.</summary>
public sealed class CancellationTests
{
    private static readonly RowTable Rows = RowTable.Gaussian(100, 30, 3, seed: 1).WithWrongLabels(0.5);

    internal const int JudgedRows = 100;

    private static readonly RowTable Judged = RowTable.Gaussian(JudgedRows, 30, 3, seed: 2).WithWrongLabels(0.5);

    private static FitPlan Options(LogitLoss loss) => new()
    {
        Loss = loss,
        Outputs = 3,
        Epochs = 30,
        BatchSize = 10,
        Seed = 5,
        Patience = 100,
    };

    [Fact]
    public void Before_the_first_step_there_is_no_model_to_return()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var error = Assert.Throws<OperationCanceledException>(() =>
            LinearSolver.Fit(Rows.Dense(), Judged.Dense(), Options(new SoftmaxCrossEntropyLoss()) with
            {
                Cancellation = source.Token,
            }));
        Assert.Equal("The fit was cancelled before its first step: there is no model to return.", error.Message);
        Assert.Equal(source.Token, error.CancellationToken);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void A_step_under_way_is_finished_and_is_the_last(bool sparse, int threads)
    {
        // Cancelled by the 5th row of the 24th batch: in the middle of the third epoch, and of a batch.
        using var source = new CancellationTokenSource();
        var loss = new CancellingLoss(source, rows: 235, judgedRows: int.MaxValue);
        var result = LinearSolver.Fit(sparse ? Rows.Thinned(0.3).Sparse() : Rows.Dense(), null, Options(loss) with
        {
            Cancellation = source.Token,
            Threads = threads,
            LearningRate = 0.01,
        });
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(2, result.History.Count);
        Assert.InRange(result.Certificate.DataTerm, 0, 2);
        Assert.Equal(24, result.Steps);
    }

    [Fact]
    public void In_the_middle_of_an_epoch_the_best_is_the_judged_one_and_without_judges_the_last_is()
    {
        FittedLinearModel Cancelled(IReadOnlyList<RowBlock>? judged)
        {
            using var source = new CancellationTokenSource();
            return LinearSolver.Fit(Rows.Dense(), judged,
                Options(new CancellingLoss(source, rows: 1955, judgedRows: int.MaxValue)) with
                {
                    Cancellation = source.Token,
                    LearningRate = 0.05,
                });
        }

        FittedLinearModel best = Cancelled(Judged.Dense()), last = Cancelled(judged: null);
        Assert.Equal(19, best.History.Count);
        Assert.InRange(best.BestEpoch!.Value, 1, 18);
        Assert.Equal(best.History.Min(epoch => epoch.ValidationLoss!.Value), LogLoss(best), 1e-6);
        Assert.True(LogLoss(last) > LogLoss(best) + 1e-4);
        Assert.True(last.Certificate.DataTerm < best.Certificate.DataTerm);
        Assert.Equal((StopReason.Cancelled, 196), (last.StopReason, last.Steps));
    }

    [Fact]
    public void While_validation_rows_are_judged_the_epoch_does_not_count()
    {
        using var source = new CancellationTokenSource();
        var result = LinearSolver.Fit(Rows.Dense(), Judged.Dense(),
            Options(new CancellingLoss(source, rows: int.MaxValue, judgedRows: 250)) with { Cancellation = source.Token });
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Equal(2, result.History.Count);
        Assert.Equal(result.History.Min(epoch => epoch.ValidationLoss!.Value), LogLoss(result), 1e-6);
    }

    [Fact]
    public void While_the_first_epoch_is_judged_its_weights_are_all_there_is()
    {
        using var source = new CancellationTokenSource();
        var result = LinearSolver.Fit(Rows.Dense(), Judged.Dense(),
            Options(new CancellingLoss(source, rows: int.MaxValue, judgedRows: 50)) with { Cancellation = source.Token });
        Assert.Empty(result.History);
        Assert.Null(result.BestEpoch);
        Assert.InRange(result.Certificate.DataTerm, 0.1, Math.Log(3));
    }

    [Fact]
    public void Weights_that_have_just_blown_up_are_not_returned()
    {
        // In the middle of the first epoch, at a rate far too large: what is left is the model before it.
        using var source = new CancellationTokenSource();
        var result = LinearSolver.Fit(Rows.Dense(), null, Options(new CancellingLoss(source, rows: 55, judgedRows: int.MaxValue)) with
        {
            Cancellation = source.Token,
            LearningRate = 3_000,
        });
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.InRange(result.Certificate.DataTerm, 0, Math.Log(3));
    }

    private static double LogLoss(FittedLinearModel model)
    {
        var loss = new SoftmaxCrossEntropyLoss();
        return Enumerable.Range(0, Judged.Rows).Average(i => loss.Loss(
            [.. Enumerable.Range(0, 3).Select(k => model.Biases[k]
                + Judged.X[i].Select((x, j) => (double)x * model.Weights[k * Judged.Features + j]).Sum())],
            RowTarget.Class(Judged.Y[i])));
    }
}

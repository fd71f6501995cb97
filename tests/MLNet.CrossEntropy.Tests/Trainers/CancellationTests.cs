using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class CancellationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_rows_are_read_there_is_no_model_to_return(bool cache)
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        var data = new GeneratedView(rows: 1_000, features: 3, density: 1, isBad: _ =>
        {
            if (++read == 100)
                source.Cancel();
            return false;
        });
        var error = Assert.Throws<OperationCanceledException>(() => _ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { CancellationToken = source.Token, Cache = cache }).Fit(data));
        Assert.Equal("The fit was cancelled while its rows were read: there is no model to return.", error.Message);
        Assert.Equal(100, read);
    }

    /// <summary>As AutoML does with an experiment whose time is over; nobody else can.</summary>
    [Fact]
    public void An_MLContext_that_is_cancelled_ends_its_fits()
    {
        MLContext context = new(seed: 1);
        void Cancel() => typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!
            .Invoke(context, null);
        SoftmaxCrossEntropyTrainer Trainer(Solver solver, Action<EpochReport> onEpoch) => context.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Solver = solver,
                L2Regularization = 0.001f,
                NumberOfEpochs = 1_000_000,
                Tolerance = 0,
                Progress = new Listener(onEpoch),
            });
        var view = new GeneratedView(rows: 1_000, features: 3, density: 1);
        var fitted = Trainer(Solver.Sgd, epoch =>
        {
            if (epoch.Epoch == 3)
                Cancel();
        }).Fit(view);
        Assert.Equal(StopReason.Cancelled, TrainingReport.Of(fitted)!.StopReason);
        foreach (var solver in Enum.GetValues<Solver>().Except([Solver.Auto]))
            Assert.Throws<OperationCanceledException>(() => Trainer(solver, _ => { }).Fit(view));
        Assert.Throws<OperationCanceledException>(() => context.MulticlassClassification.Trainers.SoftmaxCrossEntropy().Fit(view));
        Assert.Throws<OperationCanceledException>(() => context.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view));
    }

    [Fact]
    public void A_streamed_fit_stops_reading_and_answers_with_the_model_so_far()
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        var data = new GeneratedView(rows: 1_000, features: 3, density: 1, isBad: _ => ++read < 0);
        MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(CancellationAnswer answer) =>
            _ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Cache = false,
                L2Regularization = 0.001f,
                NumberOfEpochs = 1_000,
                CancellationToken = source.Token,
                OnCancellation = answer,
                Progress = new Listener(epoch =>
                {
                    if (epoch.Epoch == 3)
                        source.Cancel();
                }),
            }).Fit(data);

        var report = TrainingReport.Of(Fit(CancellationAnswer.ReturnBest))!;
        Assert.Equal((StopReason.Cancelled, 3), (report.StopReason, report.History.Count));
        Assert.False(report.Certificate.IsMeasured);
        Assert.True(report.History[2].TrainingLoss < report.History[0].TrainingLoss);

        // The summary, the scaling, the learning rate (its whole first chunk) and three epochs; of the fourth not a row.
        Assert.Equal(6_000, read);
        Assert.Throws<OperationCanceledException>(() => Fit(CancellationAnswer.Throw));
    }

    [Theory]
    [InlineData(CancellationAnswer.ReturnBest)]
    [InlineData(CancellationAnswer.Throw)]
    public void The_answer_is_the_options(CancellationAnswer answer)
    {
        using var source = new CancellationTokenSource();
        var trainer = AllTrainers.Create("softmax", _ml, options =>
        {
            options.CancellationToken = source.Token;
            options.OnCancellation = answer;
            options.Progress = new Listener(_ => source.Cancel());
        });
        if (answer == CancellationAnswer.Throw)
        {
            var error = Assert.Throws<OperationCanceledException>(() => trainer.Fit(Dataset.Iris.View(_ml)));
            Assert.StartsWith("The fit was cancelled in epoch 2", error.Message, StringComparison.Ordinal);
            return;
        }

        var report = TrainingReport.Of(trainer.Fit(Dataset.Iris.View(_ml)))!;
        Assert.Equal((StopReason.Cancelled, 1), (report.StopReason, report.History.Count));
        Assert.True(report.Certificate.IsMeasured);
    }

    [Fact]
    public void An_answer_that_is_none_is_refused()
    {
        var error =
            Assert.Throws<ArgumentException>(
            () => AllTrainers.Create("sigmoid", _ml, options => options.OnCancellation = (CancellationAnswer)9));
        Assert.Contains("OnCancellation is 9; it must be one of ReturnBest, ReturnLast, Throw.", error.Message, StringComparison.Ordinal);
    }

    private sealed class Listener(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }
}

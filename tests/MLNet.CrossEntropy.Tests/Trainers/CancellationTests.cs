using Microsoft.ML;
using MLNet.CrossEntropy.Optimization;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class CancellationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("softmax", true)]
    [InlineData("softmax", false)]
    [InlineData("sigmoid", true)]
    [InlineData("sigmoid", false)]
    public void While_rows_are_read_there_is_no_model_to_return(string trainer, bool cache)
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        IDataView data = Watched(() =>
        {
            if (++read == 100)
                source.Cancel();
        });
        var error = Assert.Throws<OperationCanceledException>(() => AllTrainers.Create(trainer, _ml, options =>
        {
            (options.CancellationToken, options.Cache, options.ExampleWeightColumnName) = (source.Token, cache, "Weight");
        }).Fit(data));
        Assert.Equal("The fit was cancelled while its rows were read: there is no model to return.", error.Message);
        Assert.Equal(100, read);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_streamed_fit_stops_reading_and_answers_with_the_model_so_far(string trainer)
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        IPredictionTransformer<object> Fit(CancellationAnswer answer)
        {
            read = 0;
            return AllTrainers.Create(trainer, _ml, options =>
            {
                options.Cache = false;
                options.ExampleWeightColumnName = "Weight";
                options.NumberOfEpochs = 1_000;
                options.CancellationToken = source.Token;
                options.OnCancellation = answer;
                options.Progress = new Listener(epoch =>
                {
                    if (epoch.Epoch == 3)
                        source.Cancel();
                });
            }).Fit(Watched(() => read++));
        }

        var fitted = Fit(CancellationAnswer.ReturnBest);
        TrainingReport report = TrainingReport.Of(fitted)!;
        Assert.Equal((StopReason.Cancelled, 3), (report.StopReason, report.History.Count));
        Assert.False(report.Certificate.IsMeasured);
        Assert.True(AllTrainers.LogLoss(fitted, Dataset.BreastCancer.View(_ml)) < 0.3);

        // The summary, the scaling, the learning rate and three epochs; the fourth reads at most one row.
        Assert.InRange(read, 569 * 5, 569 * 6 + 1);
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

        TrainingReport report = TrainingReport.Of(trainer.Fit(Dataset.Iris.View(_ml)))!;
        Assert.Equal((StopReason.Cancelled, 1), (report.StopReason, report.History.Count));
        Assert.True(report.Certificate.IsMeasured);
    }

    [Fact]
    public void An_answer_that_is_none_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => AllTrainers.Create("sigmoid", _ml, options => options.OnCancellation = (CancellationAnswer)9));
        Assert.Contains("OnCancellation is 9; it must be one of ReturnBest, ReturnLast, Throw.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Breast cancer's rows, telling of each whose weight is read.</summary>
    private IDataView Watched(Action onRow) => _ml.Transforms
        .CustomMapping<Weighed, Weighed>((row, same) =>
        {
            onRow();
            same.Weight = 1;
        }, contractName: null)
        .Fit(Dataset.BreastCancer.View(_ml)).Transform(Dataset.BreastCancer.View(_ml));

    private sealed class Weighed
    {
        public float Weight { get; set; }
    }

    private sealed class Listener(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }
}

using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public sealed class CheckpointTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, bool, Solver> Fits
    {
        get
        {
            var fits = new TheoryData<string, bool, Solver>();
            foreach (var trainer in AllTrainers.Keys)
            {
                fits.Add(trainer, true, Solver.Saga);
                fits.Add(trainer, true, Solver.Sgd);
                fits.Add(trainer, false, Solver.Sgd);
            }

            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void A_fit_that_was_cancelled_goes_on_to_the_same_bits(string trainer, bool cache, Solver solver)
    {
        var data = Dataset.BreastCancer.View(_ml);
        IPredictionTransformer<object> Fit(int? cancelAfter, string? path)
        {
            using var source = new CancellationTokenSource();
            return AllTrainers.Create(trainer, _ml, options =>
            {
                (options.Cache, options.Solver, options.Seed, options.NumberOfEpochs, options.ValidationFraction) =
                    (cache, solver, 4, 12, 0.2);
                (options.CheckpointPath, options.CancellationToken) = (path, source.Token);
                options.Progress = new Listener(epoch =>
                {
                    if (epoch.Epoch == cancelAfter)
                        source.Cancel();
                });
            }).Fit(data);
        }

        var path = _folder.File("fit.checkpoint");
        var whole = Fit(cancelAfter: null, path: null);
        Assert.Equal(5, TrainingReport.Of(Fit(cancelAfter: 5, path))!.History.Count);
        Assert.True(File.Exists(path));
        var resumed = Fit(cancelAfter: null, path);
        Assert.Equal(AllTrainers.Parameters(whole), AllTrainers.Parameters(resumed));
        TrainingReport expected = TrainingReport.Of(whole)!, report = TrainingReport.Of(resumed)!;
        Assert.Equal(
            expected.History.Select(epoch => epoch with { Elapsed = default }),
            report.History.Select(epoch => epoch with { Elapsed = default }));
        Assert.Equal(
            (expected.BestEpoch, expected.StopReason, expected.Certificate), (report.BestEpoch, report.StopReason, report.Certificate));
        Assert.Equal(expected.History[4].Steps, report.ResumedFromStep);
        Assert.Null(expected.ResumedFromStep);
        Assert.Empty(Directory.GetFiles(_folder.Name));
    }

    [Fact]
    public void A_fit_out_of_time_goes_on_when_there_is_more_of_it()
    {
        var data = Dataset.Iris.View(_ml);
        TrainingReport Fit()
        {
            using var time = new CancellationTokenSource();
            var isRunning = false;
            return TrainingReport.Of(AllTrainers.Create("softmax", _ml, options =>
            {
                (options.Seed, options.Tolerance, options.NumberOfEpochs) = (4, 0, 10_000_000);
                (options.CheckpointPath, options.CheckpointInterval) = (_folder.File("fit"), TimeSpan.FromHours(1));
                options.CancellationToken = time.Token;
                options.Progress = new Listener(_ =>
                {
                    if (!isRunning)
                        time.CancelAfter(50);
                    isRunning = true;
                });
            }).Fit(data))!;
        }
        TrainingReport first = Fit(), second = Fit();
        Assert.Equal((StopReason.Cancelled, StopReason.Cancelled), (first.StopReason, second.StopReason));
        Assert.InRange(second.ResumedFromStep!.Value, first.History.Count * 19L, long.MaxValue);
        Assert.Equal(first.History, second.History.Take(first.History.Count));
        Assert.True(second.History[^1].Elapsed > first.History[^1].Elapsed);
    }

    [Fact]
    public void A_damaged_file_is_a_warning_where_the_one_before_it_serves()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) =>
        {
            if (line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(line.RawMessage);
        };
        using var source = new CancellationTokenSource();
        void Configure(SoftmaxCrossEntropyTrainer.Options options) =>
            (options.LabelColumnName, options.Seed, options.NumberOfEpochs, options.CheckpointPath) =
                ("ClassIndex", 4, 6, _folder.File("fit"));
        var options =
            new SoftmaxCrossEntropyTrainer.Options
            {
                CancellationToken = source.Token,
                Progress = new Listener(epoch => CancelAfter(epoch, source))
            };
        Configure(options);
        var data = Dataset.Iris.View(_ml);
        _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data);
        File.WriteAllText(_folder.File("fit"), "no checkpoint, this");
        var again = new SoftmaxCrossEntropyTrainer.Options();
        Configure(again);
        Assert.NotNull(TrainingReport.Of(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(again).Fit(data))!.ResumedFromStep);
        Assert.Contains(warnings, warning => warning.Contains("too few for a checkpoint", StringComparison.Ordinal));

        static void CancelAfter(EpochReport epoch, CancellationTokenSource source)
        {
            if (epoch.Epoch == 3)
                source.Cancel();
        }
    }

    [Fact]
    public void Every_problem_of_the_checkpoint_options_is_named_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => AllTrainers.Create("sigmoid", _ml, options =>
        {
            options.CheckpointPath = "";
            options.CheckpointInterval = TimeSpan.Zero;
        }));
        Assert.Equal(
            "The options of SigmoidCrossEntropyTrainer are not valid. "
            + "CheckpointPath is ''; it must be the name of a file, or null for none. "
            + "Seed is null; it must be given when there is a CheckpointPath, so that a fit that is taken up goes on as it began. "
            + "CheckpointInterval is 00:00:00; it must be above 0, or null to save after each epoch.",
            error.Message);
        error = Assert.Throws<ArgumentException>(
            () => AllTrainers.Create("sigmoid", _ml, options => options.CheckpointInterval = TimeSpan.FromSeconds(2)));
        Assert.Contains("CheckpointPath is null; it must be given when a CheckpointInterval is.", error.Message, StringComparison.Ordinal);
    }

    private sealed class Listener(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }
}

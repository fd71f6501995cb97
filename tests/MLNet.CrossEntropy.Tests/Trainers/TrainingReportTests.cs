using Microsoft.ML;
using MLNet.CrossEntropy.Tests.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class TrainingReportTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Every_epoch_is_told_as_it_ends_and_kept_in_the_report(string trainer)
    {
        var told = new List<EpochReport>();
        var thread = Environment.CurrentManagedThreadId;
        var fitted = AllTrainers.Create(trainer, _ml, options =>
        {
            options.NumberOfEpochs = 12;
            options.Progress = new Listener(epoch =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                told.Add(epoch);
            });
        }).Fit(Dataset.BreastCancer.View(_ml));

        var report = TrainingReport.Of(fitted)!;
        Assert.Equal(Enumerable.Range(1, 12), told.Select(epoch => epoch.Epoch));
        Assert.Equal(told, report.History);
        Assert.Equal(StopReason.MaximumEpochs, report.StopReason);
        Assert.True(told[^1].TrainingLoss < told[0].TrainingLoss);
    }

    [Fact]
    public void Every_epoch_is_a_line_in_the_log()
    {
        var lines = new List<string>();
        _ml.Log += (_, line) =>
        {
            if (line.Source.Contains("SoftmaxCrossEntropyTrainer", StringComparison.Ordinal))
                lines.Add($"{line.Kind}: {line.RawMessage}");
        };
        _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", l2Regularization: 0.01f, numberOfEpochs: 2)
            .Fit(Dataset.Iris.View(_ml));

        string[] info = [.. lines.Where(line => line.StartsWith("Info", StringComparison.Ordinal))];
        Assert.Equal(3, info.Length);
        Assert.Matches(@"^Info: Epoch 1 of 2: loss [0-9.]+ nats, objective [0-9.]+, learning rate [0-9.E-]+, [0-9.]+ s$", info[0]);
        Assert.Matches(@"^Info: Epoch 2 of 2: loss [0-9.]+ nats, objective [0-9.]+, learning rate [0-9.E-]+, [0-9.]+ s$", info[1]);
        Assert.Matches(
            @"^Info: Trained on 150 rows: loss [0-9.]+ nats, objective [0-9.]+, about [0-9.E+-]+ above the least, gradient norm [0-9.E+-]+; "
                + @"ended by MaximumEpochs\.$",
            info[2]);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void The_report_of_a_pipeline_is_found_wherever_its_model_stands(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        var fitted = _ml.Transforms.NormalizeMeanVariance("Features").Append(AllTrainers.Create(trainer, _ml)).Fit(data);
        var report = TrainingReport.Of(fitted)!;
        Assert.Equal(569, report.Rows.Used);
        Assert.Same(report, TrainingReport.Of(fitted.LastTransformer));

        // Wherever it stands, in chains within chains, too; of several the last.
        var other = (ITransformer)AllTrainers.Create(trainer, _ml, options => options.NumberOfEpochs = 1).Fit(data);
        var nested = NamedIris.Chain(other, NamedIris.Chain(fitted), _ml.Transforms.CopyColumns("Copy", "Weight").Fit(data));
        Assert.Same(report, TrainingReport.Of(nested));
        Assert.Null(TrainingReport.Of(NamedIris.Chain()));
        Assert.Equal(AllTrainers.LogLoss(fitted, data), report.Certificate.DataTerm, 1e-4);
    }

    [Fact]
    public void Each_model_has_the_report_of_its_own_fit_and_a_model_of_another_trainer_none()
    {
        var data = Dataset.Iris.View(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", numberOfEpochs: 3);
        var (first, second) = (trainer.Fit(data), trainer.Fit(_ml.Data.TakeRows(data, 120)));
        Assert.Equal(150, TrainingReport.Of(first)!.Rows.Used);
        Assert.Equal(120, TrainingReport.Of(second)!.Rows.Used);
        Assert.Null(TrainingReport.Of(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex").Fit(data)));
    }

    [Fact]
    public void A_tolerance_ends_the_fit_early()
    {
        var fitted = AllTrainers.Create("softmax", _ml, options => options.Tolerance = 0.05).Fit(Dataset.Iris.View(_ml));
        var report = TrainingReport.Of(fitted)!;
        Assert.Equal(StopReason.Converged, report.StopReason);
        Assert.True(report.History.Count < report.History[0].MaximumEpochs);
    }

    private sealed class Listener(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }
}

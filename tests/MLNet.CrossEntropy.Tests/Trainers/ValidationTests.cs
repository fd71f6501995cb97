using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class ValidationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_held_out_share_is_judged_and_the_model_of_its_best_epoch_returned(string trainer)
    {
        var fitted = AllTrainers.Create(trainer, _ml, Overfitting).Fit(Dataset.BreastCancer.View(_ml));
        var report = TrainingReport.Of(fitted)!;
        Assert.Equal(569, report.Rows.Used + report.ValidationRows!.Used);
        Assert.InRange(report.ValidationRows.Used, 569 * 0.3 - 40, 569 * 0.3 + 40);
        Assert.Equal(StopReason.PatienceExhausted, report.StopReason);
        var best = report.History.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.Equal(best.Epoch, report.BestEpoch);
        Assert.Equal(report.History.Count, best.Epoch + 4);
        Assert.All(report.History, epoch => Assert.InRange(epoch.ValidationStandardError!.Value, 1e-6, 1));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void The_same_seed_holds_the_same_rows_out_cached_or_streamed(string trainer)
    {
        // One run of rows and the same solver: streamed and cached fits are the same to the bit, and so must be the split.
        float[] Fit(bool cache, int seed) => AllTrainers.Parameters(AllTrainers.Create(trainer, _ml, options =>
        {
            Overfitting(options);
            (options.Cache, options.Solver, options.Seed) = (cache, Solver.Sgd, seed);
        }).Fit(Dataset.BreastCancer.View(_ml)));
        Assert.Equal(Fit(cache: true, 7), Fit(cache: true, 7));
        Assert.Equal(Fit(cache: true, 7), Fit(cache: false, 7));
        Assert.NotEqual(Fit(cache: true, 7), Fit(cache: true, 8));
    }

    [Theory]
    [InlineData("softmax", true)]
    [InlineData("softmax", false)]
    [InlineData("sigmoid", true)]
    [InlineData("sigmoid", false)]
    public void The_model_is_that_of_the_lowest_loss_measured_from_outside(string trainer, bool cache)
    {
        var all = Dataset.BreastCancer;
        (var train, var held) =
            (all with { Examples = [.. all.Examples.Where(row => row.Weight <= 1.2f)] },
            all with { Examples = [.. all.Examples.Where(row => row.Weight > 1.2f)] });
        Assert.InRange(held.Examples.Count, 20, 500);
        var fitted = FitWith(
            AllTrainers.Create(trainer, _ml, options => (options.Seed, options.NumberOfEpochs, options.Cache) = (3, 20, cache)),
                train.View(_ml), held.View(_ml));
        var report = TrainingReport.Of(fitted)!;
        Assert.Equal((train.Examples.Count, held.Examples.Count), (report.Rows.Used, report.ValidationRows!.Used));
        Assert.Equal(report.History.Min(epoch => epoch.ValidationLoss!.Value), AllTrainers.LogLoss(fitted, held.View(_ml)), 1e-5);
    }

    [Fact]
    public void Key_values_of_validation_data_are_matched_by_name()
    {
        string[] names = ["setosa", "versicolor", "virginica", "rosa"];
        var iris = Dataset.Iris;
        IDataView train = Keyed(iris.Examples, names[..3], 0, 1, 2);
        var trainer =
            _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options { Seed = 1, NumberOfEpochs = 5 });
        Dataset.Example[] some = [.. iris.Examples.Where((_, i) => i % 4 == 0)];
        var alike = TrainingReport.Of(trainer.Fit(train, Keyed(some, names[..3], 0, 1, 2)))!;
        var other = TrainingReport.Of(trainer.Fit(train, Keyed(some, [names[2], names[3], names[0], names[1]], 2, 3, 0)))!;
        Assert.Equal(alike.History.Select(epoch => epoch.ValidationLoss), other.History.Select(epoch => epoch.ValidationLoss));
    }

    [Fact]
    public void Validation_labels_that_training_does_not_know_are_counted_and_warned_about()
    {
        var iris = Dataset.Iris;
        IDataView train = Keyed([.. iris.Examples.Where(row => row.ClassIndex < 2)], ["a", "b", "c"], 0, 1, 2);
        // Class c is known by name but has no training row, class d is not known at all; the last row has no label.
        IDataView held = Keyed([.. iris.Examples.Skip(40)], ["d", "b", "c"], 0, 1, 2, missingLast: true);
        var warnings = new List<string>();
        _ml.Log += (_, line) =>
        {
            if (line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(line.RawMessage);
        };
        var report = TrainingReport.Of(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(numberOfEpochs: 3).Fit(train, held))!;
        Assert.Equal(
            (100, 50, 10 + 49, 1),
            (report.Rows.Used, report.ValidationRows!.Used, report.ValidationRows.UnknownLabel, report.ValidationRows.MissingLabel));
        Assert.Contains(
            warnings, warning => warning.Contains("10 with a label of an unknown class", StringComparison.Ordinal)
            && warning.StartsWith("Of 110 validation rows", StringComparison.Ordinal));
        Assert.Contains("49 validation rows have a class that no training row has; they are not evaluated.", warnings);
        Assert.All(report.History, epoch => Assert.True(double.IsFinite(epoch.ValidationLoss!.Value)));
    }

    [Fact]
    public void What_cannot_be_validated_is_refused()
    {
        var data = Dataset.Iris.View(_ml);
        Assert.Equal("The validation data has no rows.", Refusal<InvalidOperationException>(options => options.ValidationFraction = 1e-9));
        Assert.Equal(
            "The training data has no rows.", Refusal<InvalidOperationException>(options => options.ValidationFraction = 1 - 1e-9));
        Assert.Contains(
            "Leave out one of them", Refusal<InvalidOperationException>(options => options.ValidationFraction = 0.1, data),
            StringComparison.Ordinal);
        Assert.Contains("expected Vector<Single, 4>, as in the training data, got Vector<Single, 30>",
            Refusal<ArgumentOutOfRangeException>(_ => { }, Dataset.BreastCancer.View(_ml)), StringComparison.Ordinal);

        string Refusal<T>(Action<SoftmaxCrossEntropyTrainer.Options> configure, IDataView? validation = null)
            where T : Exception
        {
            var options =
                new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = nameof(Dataset.Example.ClassIndex), NumberOfEpochs = 1 };
            configure(options);
            var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options);
            return Assert.Throws<T>(() => validation is null ? trainer.Fit(data) : trainer.Fit(data, validation)).Message;
        }
    }

    [Fact]
    public void Every_problem_of_the_validation_options_is_named_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => AllTrainers.Create("softmax", _ml, options =>
        {
            options.ValidationFraction = 1;
            options.Patience = 0;
        }));
        Assert.Equal(
            "The options of SoftmaxCrossEntropyTrainer are not valid. "
            + "ValidationFraction is 1; it must be at least 0 and below 1. "
            + "Patience is 0; it must be at least 1, or null for 5.",
            error.Message);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_token_that_cancels_itself_limits_the_time(string trainer)
    {
        using var time = new CancellationTokenSource();
        var fitted = AllTrainers.Create(trainer, _ml, options =>
        {
            options.NumberOfEpochs = int.MaxValue;
            options.Tolerance = 0;
            options.CancellationToken = time.Token;
            options.Progress = new Clock(() => time.CancelAfter(100));
        }).Fit(Dataset.BreastCancer.View(_ml));
        Assert.Equal(StopReason.Cancelled, TrainingReport.Of(fitted)!.StopReason);
    }

    [Fact]
    public void Patience_without_validation_rows_is_refused()
    {
        var data = Dataset.Iris.View(_ml);
        var trainer =
            _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", Patience = 3, NumberOfEpochs = 4 });
        Assert.Equal(
            "Patience is 3, but there are no validation rows whose loss could lose it. Set a ValidationFraction, give Fit validation " +
                "data, or leave Patience out; Tolerance ends a fit without them.",
            Assert.Throws<InvalidOperationException>(() => trainer.Fit(data)).Message);
        Assert.NotNull(TrainingReport.Of(trainer.Fit(data, data))!.BestEpoch);
    }

    [Fact]
    public void The_log_tells_the_validation_loss_and_the_best_epoch()
    {
        var lines = new List<string>();
        _ml.Log += (_, line) => lines.Add(line.RawMessage);
        AllTrainers.Create("softmax", _ml, options => (options.ValidationFraction, options.NumberOfEpochs) = (0.3, 2))
            .Fit(Dataset.Iris.View(_ml));
        Assert.Contains(
            lines, line =>
            System.Text.RegularExpressions.Regex.IsMatch(
            line, @"^Epoch 2 of 2: loss [0-9.]+ nats, validation loss [0-9.]+ \+- [0-9.]+, objective"));
        Assert.Contains(lines, line => line.EndsWith("; lowest validation loss in epoch 2.", StringComparison.Ordinal));
    }

    /// <summary>So many features' worth of freedom and no penalty: the validation loss turns up.</summary>
    private static void Overfitting(CrossEntropyTrainerOptions options)
    {
        options.L2Regularization = 0;
        options.ValidationFraction = 0.3;
        options.NumberOfEpochs = 400;
        options.Patience = 4;
        options.Seed = 1;
    }

    private static IPredictionTransformer<object> FitWith(
        IEstimator<IPredictionTransformer<object>> trainer, IDataView train, IDataView validation) => trainer switch
        {
            SoftmaxCrossEntropyTrainer softmax => softmax.Fit(train, validation),
            SigmoidCrossEntropyTrainer sigmoid => sigmoid.Fit(train, validation),
            _ => throw new NotSupportedException($"{trainer}"),
        };

    /// <summary>
    /// Rows whose label is a key with names; class i of the examples has the key's value number <paramref name="keys"/>[i].
    /// </summary>
    private static InMemoryView Keyed(Dataset.Example[] rows, string[] names, params int[] keys) =>
        Keyed(rows, names, keys[0], keys[1], keys[2], missingLast: false);

    private static InMemoryView Keyed(
        IReadOnlyList<Dataset.Example> rows, string[] names, int first, int second, int third, bool missingLast = false)
    {
        int[] keys = [first, second, third];
        return new InMemoryView.Builder()
            .AddKeys(
                "Label", rows.Select((row, i) => missingLast && i == rows.Count - 1 ? 0 : (uint)keys[row.ClassIndex] + 1), names.Length,
                names)
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), rows.Select(row => new VBuffer<float>(4, row.Features)))
            .Build();
    }

    private sealed class Clock(Action start) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            if (value.Epoch == 1)
                start();
        }
    }
}

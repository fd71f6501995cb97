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
    public void Flagged_rows_are_those_of_a_second_view(string trainer, bool cache)
    {
        var all = Dataset.BreastCancer;
        var flagged = _ml.Transforms.CustomMapping<Row, Flag>((row, flag) => flag.IsHeldOut = row.Weight > 1.2f, contractName: null)
            .Fit(all.View(_ml)).Transform(all.View(_ml));
        (var train, var held) = (all with { Examples = [.. all.Examples.Where(row => row.Weight <= 1.2f)] }, all with { Examples = [.. all.Examples.Where(row => row.Weight > 1.2f)] });
        Assert.InRange(held.Examples.Count, 20, 500);

        void Configure(CrossEntropyTrainerOptions options) => (options.Seed, options.NumberOfEpochs, options.Cache) = (3, 20, cache);
        var byFlag = AllTrainers.Create(trainer, _ml, options =>
        {
            Configure(options);
            options.ValidationFlagColumnName = nameof(Flag.IsHeldOut);
        }).Fit(flagged);
        var bySecond = FitWith(AllTrainers.Create(trainer, _ml, Configure), train.View(_ml), held.View(_ml));
        Assert.Equal(AllTrainers.Parameters(bySecond), AllTrainers.Parameters(byFlag));
        var report = TrainingReport.Of(byFlag)!;
        Assert.Equal((train.Examples.Count, held.Examples.Count), (report.Rows.Used, report.ValidationRows!.Used));
        Assert.Equal(TrainingReport.Of(bySecond)!.ValidationRows, report.ValidationRows);

        // The model is that of the lowest loss, measured from outside.
        Assert.Equal(report.History.Min(epoch => epoch.ValidationLoss!.Value), AllTrainers.LogLoss(bySecond, held.View(_ml)), 1e-5);
    }

    [Fact]
    public void Key_values_of_validation_data_are_matched_by_name()
    {
        string[] names = ["setosa", "versicolor", "virginica", "rosa"];
        var iris = Dataset.Iris;
        IDataView train = Keyed(iris.Examples, names[..3], 0, 1, 2);
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Seed = 1, NumberOfEpochs = 5 });
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
        Assert.Equal((100, 50, 10 + 49, 1), (report.Rows.Used, report.ValidationRows!.Used, report.ValidationRows.UnknownLabel, report.ValidationRows.MissingLabel));
        Assert.Contains(warnings, warning => warning.Contains("10 with a label that no training row has", StringComparison.Ordinal) && warning.StartsWith("Of 110 validation rows", StringComparison.Ordinal));
        Assert.Contains("49 validation rows have a class that no training row has; they are not judged.", warnings);
        Assert.All(report.History, epoch => Assert.True(double.IsFinite(epoch.ValidationLoss!.Value)));
    }

    [Fact]
    public void What_cannot_be_validated_is_refused()
    {
        var data = Dataset.Iris.View(_ml);
        Assert.StartsWith("Could not find validation flag column 'Flag'", Refusal<ArgumentOutOfRangeException>(options => options.ValidationFlagColumnName = "Flag"), StringComparison.Ordinal);
        Assert.Contains("expected Boolean, got Single", Refusal<ArgumentOutOfRangeException>(options => options.ValidationFlagColumnName = "Weight"), StringComparison.Ordinal);
        Assert.Equal("The validation data has no rows.", Refusal<InvalidOperationException>(options => options.ValidationFraction = 1e-9));
        Assert.Equal("The training data has no rows.", Refusal<InvalidOperationException>(options => options.ValidationFraction = 1 - 1e-9));
        Assert.Contains("Leave out one of them", Refusal<InvalidOperationException>(options => options.ValidationFraction = 0.1, data), StringComparison.Ordinal);
        Assert.Contains("expected Vector<Single, 4>, as in the training data, got Vector<Single, 30>",
            Refusal<ArgumentOutOfRangeException>(_ => { }, Dataset.BreastCancer.View(_ml)), StringComparison.Ordinal);

        string Refusal<T>(Action<SoftmaxCrossEntropyTrainer.Options> configure, IDataView? validation = null)
            where T : Exception
        {
            var options = new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = nameof(Dataset.Example.ClassIndex), NumberOfEpochs = 1 };
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
            options.ValidationFlagColumnName = "";
            options.Patience = 0;
            options.MinimumDelta = -1;
            options.MinimumDeltaInStandardErrors = double.NaN;
            options.MaximumDuration = TimeSpan.Zero;
        }));
        Assert.Equal(
            "The options of SoftmaxCrossEntropyTrainer are not valid. "
            + "ValidationFraction is 1; it must be at least 0 and below 1. "
            + "ValidationFlagColumnName is ''; it must be the name of a column, or null for none. "
            + "ValidationFraction is 1; it must be 0 when a ValidationFlagColumnName says which rows are held out. "
            + "Patience is 0; it must be at least 1, or null to run every epoch. "
            + "MinimumDelta is -1; it must be finite and at least 0. "
            + "MinimumDeltaInStandardErrors is NaN; it must be finite and at least 0. "
            + "MaximumDuration is 00:00:00; it must be above 0, or null for no limit.",
            error.Message);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_maximum_duration_ends_the_fit(string trainer)
    {
        var fitted = AllTrainers.Create(trainer, _ml, options =>
        {
            options.NumberOfEpochs = int.MaxValue;
            options.GradientTolerance = 0;
            options.MaximumDuration = TimeSpan.FromMilliseconds(300);
        }).Fit(Dataset.BreastCancer.View(_ml));
        Assert.Equal(StopReason.OutOfTime, TrainingReport.Of(fitted)!.StopReason);
    }

    [Fact]
    public void The_log_tells_the_validation_loss_and_the_best_epoch()
    {
        var lines = new List<string>();
        _ml.Log += (_, line) => lines.Add(line.RawMessage);
        AllTrainers.Create("softmax", _ml, options => (options.ValidationFraction, options.NumberOfEpochs) = (0.3, 2)).Fit(Dataset.Iris.View(_ml));
        Assert.Contains(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^Epoch 2 of 2: loss [0-9.]+ nats, validation loss [0-9.]+ \+- [0-9.]+, objective"));
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

    private static IPredictionTransformer<object> FitWith(IEstimator<IPredictionTransformer<object>> trainer, IDataView train, IDataView validation) => trainer switch
    {
        SoftmaxCrossEntropyTrainer softmax => softmax.Fit(train, validation),
        SigmoidCrossEntropyTrainer sigmoid => sigmoid.Fit(train, validation),
        _ => throw new NotSupportedException($"{trainer}"),
    };

    /// <summary>Rows whose label is a key with names; class i of the examples has the key's value number <paramref name="keys"/>[i].</summary>
    private static InMemoryView Keyed(Dataset.Example[] rows, string[] names, params int[] keys) => Keyed(rows, names, keys[0], keys[1], keys[2], missingLast: false);

    private static InMemoryView Keyed(IReadOnlyList<Dataset.Example> rows, string[] names, int first, int second, int third, bool missingLast = false)
    {
        int[] keys = [first, second, third];
        return new InMemoryView.Builder()
            .AddKeys("Label", rows.Select((row, i) => missingLast && i == rows.Count - 1 ? 0 : (uint)keys[row.ClassIndex] + 1), names.Length, names)
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), rows.Select(row => new VBuffer<float>(4, row.Features)))
            .Build();
    }

    private sealed class Row
    {
        public float Weight { get; set; }
    }

    private sealed class Flag
    {
        public bool IsHeldOut { get; set; }
    }
}

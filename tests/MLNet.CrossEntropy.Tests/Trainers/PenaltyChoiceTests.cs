using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>L2Regularization = null, from the options to the model and its report.</summary>
public class PenaltyChoiceTests
{
    private static readonly LabelledRows Rows = Noisy(LabelledRows.Gaussian(150, 6));

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_default_is_chosen_told_and_the_same_bits_for_a_seed_and_any_number_of_threads(string trainer)
    {
        var said = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, log) => said.Add(log.RawMessage);
        var data = Rows.View();
        var one = EveryTrainer.Create(trainer, ml, options => (options.L2Regularization, options.Seed, options.NumberOfThreads) = (null, 3, 1))
            .Fit(data);
        var report = EveryTrainer.Report(one);
        var chosen = report.PenaltyPath!.Single(trial => trial.IsChosen);
        Assert.Equal(report.L2Regularization, chosen.L2Regularization);
        Assert.Single(said, text => text.StartsWith($"Chosen of {report.PenaltyPath!.Count} penalties: l2 = ", StringComparison.Ordinal));
        Assert.Equal(report.ToJson(), TrainingReport.FromJson(report.ToJson()).ToJson());

        var two = EveryTrainer.Fit(trainer, data, options => (options.L2Regularization, options.Seed, options.NumberOfThreads) = (null, 3, 2));
        Assert.Equal(EveryTrainer.Parameters(one), EveryTrainer.Parameters(two));
        Assert.Equal(report.PenaltyPath, EveryTrainer.Report(two).PenaltyPath);
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_model_does_not_change_with_the_units_of_the_features(string trainer)
    {
        var inUnits = Rows.Map(row => [.. row.Select((x, j) => x * MathF.Pow(10, 2 * j - 5))]);
        float[][] plain = Predict(Rows), scaled = Predict(inUnits);
        for (var i = 0; i < plain.Length; i++)
        {
            for (var k = 0; k < plain[i].Length; k++)
                Assert.Equal(plain[i][k], scaled[i][k], 2e-3);
        }

        float[][] Predict(LabelledRows rows)
        {
            var fitted = EveryTrainer.Fit(trainer, rows.View(), options => (options.L2Regularization, options.Seed) = (null, 3));
            Assert.Contains(EveryTrainer.Report(fitted).PenaltyPath!, trial => trial.IsChosen && trial.IsOfScaledFeatures);
            return EveryTrainer.Probabilities(fitted, rows.View());
        }
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_row_of_weight_two_is_two_rows_of_a_group(string trainer)
    {
        int[] twice = [.. Enumerable.Range(0, Rows.Y.Length).SelectMany(i => Enumerable.Repeat(i, 1 + i % 2))];
        var weighted = Rows with { Weights = [.. Rows.Y.Select((_, i) => 1f + i % 2)] };
        var path = Path(weighted.Columns().AddNumbers("Row", Rows.Y.Select((_, i) => (double)i)).Build(), "Weight");
        var repeated = Path(Rows.Pick(twice).Columns().AddNumbers("Row", twice.Select(i => (double)i)).Build(), null);
        Assert.Equal(path.Length, repeated.Length);
        for (var i = 0; i < path.Length; i++)
        {
            Assert.Equal(path[i].L2Regularization, repeated[i].L2Regularization, 1e-3 * path[i].L2Regularization);
            Assert.Equal(path[i].HeldOutLoss, repeated[i].HeldOutLoss, 1e-3);
        }

        PenaltyTrial[] Path(IDataView data, string? weight) => [.. EveryTrainer.Report(EveryTrainer.Fit(trainer, data, options =>
        {
            (options.L2Regularization, options.Seed) = (null, 3);
            (options.ExampleWeightColumnName, options.GroupColumnName) = (weight, "Row");
        })).PenaltyPath!];
    }

    [Fact]
    public void Groups_that_repeat_themselves_want_a_stronger_penalty()
    {
        // Each row eight times with a little noise: apart, copies of a fitted row are held out, and nothing seems to be too weak.
        var random = new Random(1);
        int[] eight = [.. Enumerable.Range(0, 320).Select(i => i / 8)];
        var copies = Noisy(LabelledRows.Gaussian(40, 12)).Pick(eight)
            .Map(row => [.. row.Select(x => x + 0.01f * random.NextSingle())]);
        var data = copies.Columns().AddText("Patient", eight.Select(i => $"p{i}")).Build();
        double Chosen(string? group) => EveryTrainer.Report(EveryTrainer.Fit("softmax", data, options =>
            (options.L2Regularization, options.GroupColumnName, options.Seed) = (null, group, 1))).L2Regularization;
        Assert.InRange(Chosen("Patient"), 10 * Chosen(null), double.PositiveInfinity);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    public void Validation_rows_choose_where_there_are_some(string trainer)
    {
        var ml = new MLContext(seed: 1);
        var (train, test) = Dataset.BreastCancer.Split();
        var trials = EveryTrainer.Report(Fit(test)).PenaltyPath!;
        var chosen = trials.Single(trial => trial.IsChosen);
        var given = AllTrainers.Create(trainer, ml, options => (options.Solver, options.L2Regularization) = (Solver.Newton,
            (float)trials.First(trial => !trial.IsOfScaledFeatures).L2Regularization)).Fit(train.View(ml));
        Assert.Equal(AllTrainers.LogLoss(given, test.View(ml)), trials.First(trial => !trial.IsOfScaledFeatures).HeldOutLoss, 1e-3);

        // Of rows whose labels are those of other rows, nothing can be learnt.
        var wrong = test with
        {
            Examples = [.. test.Examples.Zip(test.Examples.Reverse(), (row, other) => new Dataset.Example
        {
            Features = row.Features, Class = other.Class, ClassIndex = other.ClassIndex, IsSecond = other.IsSecond, Weight = 1,
        })]
        };
        Assert.InRange(EveryTrainer.Report(Fit(wrong)).PenaltyPath!.Single(trial => trial.IsChosen).HeldOutLoss, 0.5, 0.75);
        Assert.InRange(chosen.HeldOutLoss, 0, 0.15);

        ITransformer Fit(Dataset validation)
        {
            var estimator = AllTrainers.Create(trainer, ml, options => options.L2Regularization = null);
            return estimator is SoftmaxCrossEntropyTrainer softmax
                ? softmax.Fit(train.View(ml), validation.View(ml))
                : ((SigmoidCrossEntropyTrainer)estimator).Fit(train.View(ml), validation.View(ml));
        }
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Rows_that_are_not_kept_choose_alike(string trainer)
    {
        var data = Rows.View();
        var path = EveryTrainer.Report(Fit(cache: true)).PenaltyPath!;
        var streamed = EveryTrainer.Report(Fit(cache: false)).PenaltyPath!;
        Assert.Equal(path.Count, streamed.Count);
        Assert.All(path.Zip(streamed), pair => Assert.Equal(pair.First.HeldOutLoss, pair.Second.HeldOutLoss, 1e-4));

        ITransformer Fit(bool cache) => EveryTrainer.Fit(trainer, data, options =>
            (options.L2Regularization, options.Seed, options.Cache) = (null, 3, cache));
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    public void A_fit_that_was_cancelled_goes_on_with_the_penalty_it_chose(string trainer)
    {
        var data = Rows.View();
        using var file = new TemporaryFile();
        File.Delete(file.Name);
        var whole = Fit(checkpoint: null, stopAt: 0);
        Assert.Equal(StopReason.Cancelled, EveryTrainer.Report(Fit(file.Name, stopAt: 3)).StopReason);
        Assert.True(File.Exists(file.Name));
        var resumed = Fit(file.Name, stopAt: 0);
        Assert.True(EveryTrainer.Report(resumed).ResumedFromStep > 0);
        Assert.Equal(EveryTrainer.Parameters(whole), EveryTrainer.Parameters(resumed));

        ITransformer Fit(string? checkpoint, int stopAt)
        {
            using var source = new CancellationTokenSource();
            return EveryTrainer.Fit(trainer, data, options =>
            {
                (options.L2Regularization, options.Seed, options.CheckpointPath) = (null, 3, checkpoint);
                options.CancellationToken = source.Token;
                (options.Solver, options.NumberOfEpochs) = (Solver.Saga, 12);
                options.Progress = new Listener(epoch =>
                {
                    if (epoch.Epoch == stopAt)
                        source.Cancel();
                });
            });
        }
    }

    [Fact]
    public void A_cancelled_choice_is_no_model()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => EveryTrainer.Fit("softmax", Rows.View(), options =>
            (options.L2Regularization, options.CancellationToken) = (null, source.Token)));
    }

    /// <summary>The same rows, a third of whose labels say nothing.</summary>
    private static LabelledRows Noisy(LabelledRows rows) => rows with
    {
        Y = [.. rows.Y.Select((label, i) => i % 3 == 0 ? i / 3 % rows.Classes : label)],
    };

    private sealed class Listener(Action<EpochReport> told) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => told(value);
    }
}

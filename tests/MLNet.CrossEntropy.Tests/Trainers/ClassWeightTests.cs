using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>
/// Class weights and what undoes them. Without features a model can only predict the shares of the classes, as weighted: the
/// expected probabilities are known exactly. (That weighted fits reach their optima is in <see cref="GoldenFitTests"/>.)
/// </summary>
public class ClassWeightTests
{
    // Of 20 rows: shares 0.5, 0.3, 0.2, 0.
    private static readonly int[] Classes = [.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(1, 6), .. Enumerable.Repeat(2, 4)];
    private static readonly string[] Names = ["ant", "bee", "cow", "dog"];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Balanced_weights_make_all_classes_equally_likely_and_prior_correction_undoes_it()
    {
        AssertShares([1 / 3.0, 1 / 3.0, 1 / 3.0, 0], Predict(new() { ClassWeights = ClassWeights.Balanced }));
        AssertShares([0.5, 0.3, 0.2, 0], Predict(new() { ClassWeights = ClassWeights.Balanced, TargetPrior = TargetPrior.OfRows }));
        AssertShares([0.5, 0.3, 0.2, 0], Predict(new() { TargetPrior = TargetPrior.OfRows }));
    }

    [Fact]
    public void Weights_by_name_multiply_the_shares_and_prior_correction_undoes_it()
    {
        ClassWeights weights = ClassWeights.ByName(new Dictionary<string, double> { ["bee"] = 2, ["cow"] = 0.5 });
        AssertShares([0.5 / 1.2, 0.6 / 1.2, 0.1 / 1.2, 0], Predict(new() { ClassWeights = weights }));
        AssertShares([0.5, 0.3, 0.2, 0], Predict(new() { ClassWeights = weights, TargetPrior = TargetPrior.OfRows }));
    }

    [Fact]
    public void Class_weights_and_example_weights_multiply()
    {
        // Every second row counts three times: of ant 5 + 15, of bee 3 + 9, of cow 2 + 6, the last with weight 2.
        ClassWeights weights = ClassWeights.ByName(new Dictionary<string, double> { ["cow"] = 2 });
        AssertShares([20 / 48.0, 12 / 48.0, 16 / 48.0, 0], Predict(new() { ClassWeights = weights, ExampleWeightColumnName = "Weight" }));
        AssertShares(
            [1 / 3.0, 1 / 3.0, 1 / 3.0, 0], Predict(new() { ClassWeights = ClassWeights.Balanced, ExampleWeightColumnName = "Weight" }));
    }

    [Fact]
    public void Example_weights_alone_are_not_undone_by_the_shares_of_the_rows()
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => Predict(new() { TargetPrior = TargetPrior.OfRows, ExampleWeightColumnName = "Weight" }));
        Assert.Contains("TargetPrior is OfRows; it must be null or ByName", error.Message, StringComparison.Ordinal);

        IDataView binary = new InMemoryView.Builder().AddScores("Features", [[0.0], [1]], 1).AddNumbers("Label", [0, 1])
            .AddNumbers("Weight", [1, 3]).Build();
        var options = new SigmoidCrossEntropyTrainer.Options { TargetPrior = TargetPrior.OfRows, ExampleWeightColumnName = "Weight" };
        Assert.Equal(
            error.Message.Replace("Softmax", "Sigmoid", StringComparison.Ordinal),
            Assert.ThrowsAny<ArgumentException>(() => _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(options).Fit(binary)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_target_prior_takes_the_place_of_the_rows_shares_whatever_their_weights(bool balanced)
    {
        var options = new SoftmaxCrossEntropyTrainer.Options
        {
            ClassWeights = balanced ? ClassWeights.Balanced : null,
            TargetPrior = TargetPrior.ByName(new Dictionary<string, double> { ["ant"] = 0.1, ["bee"] = 0.2, ["cow"] = 0.7 }),
        };
        AssertShares([0.1, 0.2, 0.7], Predict(options, Names[..3]));
    }

    [Fact]
    public void A_class_without_rows_is_warned_of()
    {
        List<string> warnings = [];
        _ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        _ = Predict(new() { ClassWeights = ClassWeights.Balanced });
        Assert.Equal(["No training row is of class 'dog'; the balanced weight of such a class is 0."], warnings);
    }

    [Fact]
    public void A_streamed_fit_counts_the_classes_too()
        // All rows in a batch: each gradient is divided by its batch's weight, so that small batches of unequal weights would end beside
        // these shares.
        => AssertShares(
            [1 / 3.0, 1 / 3.0, 1 / 3.0, 0],
            Predict(new() { ClassWeights = ClassWeights.Balanced, Cache = false, BatchSize = Classes.Length, NumberOfEpochs = 300 }));

    [Theory]
    [InlineData(null, false, 0.25)]
    [InlineData("balanced", false, 0.5)]
    [InlineData("balanced", true, 0.25)]
    [InlineData("positive", false, 0.5)]
    [InlineData("positive", true, 0.25)]
    public void The_binary_trainer_weighs_classes(string? weights, bool correct, double expected)
    {
        IDataView data = new InMemoryView.Builder()
            .AddScores("Features", Enumerable.Range(0, 20).Select(_ => new[] { 0.0 }), 1)
            .Add("Label", BooleanDataViewType.Instance, Enumerable.Range(0, 20).Select(i => i % 4 == 0))
            .Build();
        var trainer = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            ClassWeights = weights is null ? null : weights == "balanced" ? ClassWeights.Balanced
                : ClassWeights.ByName(new Dictionary<string, double> { ["True"] = 3 }),
            TargetPrior = correct ? TargetPrior.OfRows : null,
            NumberOfEpochs = 300,
        });
        Assert.All(trainer.Fit(data).Transform(data).GetColumn<float>("Probability"), p => Assert.Equal(expected, p, 1e-3));
    }

    [Fact]
    public void Positive_weights_of_labels_are_undone_one_by_one()
    {
        IDataView data = new InMemoryView.Builder()
            .AddScores("Features", Enumerable.Range(0, 20).Select(_ => new[] { 0.0 }), 1)
            .AddScores("Label", Enumerable.Range(0, 20).Select(i => new[] { i % 4 == 0 ? 1.0 : 0, i % 2 }), 2)
            .Build();
        foreach ((var correct, var expected) in (ReadOnlySpan<(bool, double[])>)[(false, [0.5, 0.8]), (true, [0.25, 0.5])])
        {
            var trainer = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(
                new MultiLabelSigmoidCrossEntropyTrainer.Options
                {
                    PositiveWeights = [3, 4],
                    TargetPrior = correct ? TargetPrior.OfRows
                    : null,
                    NumberOfEpochs = 300
                });
            var probabilities = trainer.Fit(data).Transform(data).GetColumn<float[]>("Probability").First();
            Assert.All(expected.Zip(probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        }
    }

    [Fact]
    public void Names_that_are_no_class_are_refused_and_the_classes_listed()
    {
        var byName = new Dictionary<string, double> { ["bee"] = 2, ["cat"] = 1 };
        const string known =
            "names the class 'cat', which is none of the training data's: 'ant', 'bee', 'cow', 'dog'. Write its name as the labels do.";
        Assert.Equal(
            "ClassWeights " + known,
            Assert.Throws<InvalidOperationException>(() => Predict(new() { ClassWeights = ClassWeights.ByName(byName) })).Message);
        var shares = new Dictionary<string, double> { ["ant"] = 0.5, ["cat"] = 0.5 };
        Assert.Equal(
            "TargetPrior " + known,
            Assert.Throws<InvalidOperationException>(() => Predict(new() { TargetPrior = TargetPrior.ByName(shares) })).Message);
        shares = new() { ["ant"] = 0.5, ["bee"] = 0.5 };
        Assert.Equal(
            "TargetPrior has no share for the class 'cow'; give one above 0 for every class.",
            Assert.Throws<InvalidOperationException>(() => Predict(new() { TargetPrior = TargetPrior.ByName(shares) })).Message);
        shares = Names.ToDictionary(name => name, _ => 0.25);
        Assert.StartsWith(
            "No training row of positive weight is of class 'dog', so its prior cannot be corrected.",
            Assert.Throws<InvalidOperationException>(() => Predict(new() { TargetPrior = TargetPrior.ByName(shares) })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_checked_and_the_callers_dictionaries_copied()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.ByName(new Dictionary<string, double> { ["ant"] = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassWeights.ByName(new Dictionary<string, double> { ["ant"] = double.NaN }));

        var weights = new Dictionary<string, double> { ["bee"] = 2 };
        var prior = new Dictionary<string, double> { ["ant"] = 0.1, ["bee"] = 0.2, ["cow"] = 0.7 };
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options
            {
                ClassWeights = ClassWeights.ByName(weights),
                TargetPrior = TargetPrior.ByName(prior)
            });
        weights["cat"] = 1;
        prior["ant"] = 5;
        IDataView data = View(Names[..3]);
        AssertShares([0.1, 0.2, 0.7], trainer.Fit(data).Transform(data).GetColumn<float[]>("Score").First());
    }

    [Fact]
    public void All_problems_are_named_at_once()
    {
        Assert.Equal(
            "The shares are a: 0.5, b: 0.25; they must be above 0 and sum to 1. (Parameter 'shares')",
            Assert.Throws<ArgumentException>(
                () => TargetPrior.ByName(new Dictionary<string, double> { ["a"] = 0.5, ["b"] = 0.25 })).Message);
        var softmax = new SoftmaxCrossEntropyTrainer.Options { Loss = TrainingLoss.Brier, LabelSmoothing = 0.1, LabelKind = (LabelKind)5 };
        Assert.Equal(
            "The options of SoftmaxCrossEntropyTrainer are not valid. LabelSmoothing is 0.1; it must be 0 when the Loss is not " +
                "CrossEntropy. "
            + "LabelKind is 5; it must be one of Auto, Probabilities, Counts, WeightedCounts.",
            Assert.Throws<ArgumentException>(softmax.Validate).Message);
        var answers = new MultiLabelSigmoidCrossEntropyTrainer.Options
        {
            Loss = TrainingLoss.Brier,
            PositiveWeights = [2],
            TargetPrior = TargetPrior.ByName(new Dictionary<string, double> { ["a"] = 0.5, ["b"] = 0.5 }),
        };
        Assert.Equal(
            "The options of MultiLabelSigmoidCrossEntropyTrainer are not valid. PositiveWeights is [2]; it must be null when the Loss is " +
                "not CrossEntropy. "
            + "TargetPrior is a: 0.5, b: 0.5; it must be OfRows or null: labels that are answered on their own have no shares that sum " +
                "to 1.",
            Assert.Throws<ArgumentException>(answers.Validate).Message);
    }

    private float[] Predict(SoftmaxCrossEntropyTrainer.Options options, string[]? names = null)
    {
        options.NumberOfEpochs ??= 300;
        IDataView data = View(names ?? Names);
        return _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data).Transform(data).GetColumn<float[]>("Score")
            .First();
    }

    private static InMemoryView View(string[] names) => new InMemoryView.Builder()
        .AddScores("Features", Classes.Select(_ => new[] { 0.0 }), 1)
        .AddKeys("Label", Classes.Select(k => (uint)k + 1), names.Length, names)
        .AddNumbers("Weight", Classes.Select((_, i) => i % 2 == 0 ? 1.0 : 3))
        .Build();

    private static void AssertShares(double[] expected, float[] actual)
        => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Data that no model can come from is refused with a message to act on; data that is merely odd trains.</summary>
public class BadDataTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _log = [];

    public BadDataTests() => _ml.Log += (_, line) => _log.Add($"{line.Kind} {line.Source}: {line.RawMessage}");

    [Theory]
    [InlineData("softmax", "label", "Class", "expected Key<UInt32>, got String")]
    [InlineData("sigmoid", "label", "Class", "expected Boolean, Single or Key<UInt32> of 2 classes, got String")]
    [InlineData("softmax", "label", "IsSecond", "expected Key<UInt32>, got Boolean")]
    [InlineData("softmax", "label", "ClassNumber", "expected Key<UInt32>, got Int32")]
    [InlineData("softmax", "feature", "Weight", "expected Vector<Single>, got Single")]
    [InlineData("sigmoid", "example weight", "Class", "expected a number, got String")]
    public void A_column_of_the_wrong_type_is_named_with_both_types(string trainer, string role, string column, string types)
        => AssertRefused(trainer, Dataset.Iris.View(_ml), $"Schema mismatch for {role} column '{column}': {types}", options =>
        {
            if (role == "label")
                options.LabelColumnName = column;
            else if (role == "feature")
                options.FeatureColumnName = column;
            else
                options.ExampleWeightColumnName = column;
        });

    [Theory]
    [InlineData("softmax", "expected Key<UInt32>, got String")]
    [InlineData("sigmoid", "expected Boolean, Single or Key<UInt32> of 2 classes, got String")]
    public void A_pipeline_refuses_a_wrong_column_before_anything_is_fitted(string trainer, string types)
    {
        var data = Dataset.Iris.View(_ml);
        var pipeline = _ml.Transforms.NormalizeMeanVariance("Features")
            .Append(AllTrainers.Create(trainer, _ml, options => options.LabelColumnName = "Class"));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.Fit(data));
        Assert.StartsWith($"Schema mismatch for label column 'Class': {types}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Empty_data_is_an_error(string trainer)
    {
        var nothing = _ml.Data.SkipRows(Dataset.Iris.View(_ml), 150);
        var error = Assert.Throws<InvalidOperationException>(() => AllTrainers.Create(trainer, _ml).Fit(nothing));
        Assert.Equal("The training data has no rows.", error.Message);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Skipped_rows_are_counted_in_one_warning_and_in_the_report(string trainer)
    {
        var clean = Dataset.BreastCancer;
        var dirty = clean with { Examples = [Bad(float.NaN), .. clean.Examples, Bad(float.PositiveInfinity)] };
        var fitted = AllTrainers.Create(trainer, _ml).Fit(dirty.View(_ml));

        var warning = Assert.Single(_log, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.EndsWith(
            "Of 571 training rows, these were not used: 1 with a NaN feature, 1 with an infinite feature. The first: row 0 has NaN in " +
                "feature 2 (counted from 0).",
            warning, StringComparison.Ordinal);
        Assert.Equal(new TrainingRowCounts { Used = 569, NaNFeature = 1, InfiniteFeature = 1 }, TrainingReport.Of(fitted)!.Rows);

        // What was skipped has left no trace in the model.
        var seed = TrainingReport.Of(fitted)!.Seed;
        Assert.Equal(
            AllTrainers.Parameters(fitted),
            AllTrainers.Parameters(AllTrainers.Create(trainer, _ml, options => options.Seed = seed).Fit(clean.View(_ml))));

        static Dataset.Example Bad(float value)
        {
            var features = new float[30];
            features[2] = value;
            return new Dataset.Example { Features = features };
        }
    }

    [Fact]
    public void A_class_without_rows_is_never_predicted()
    {
        var twoOfThree = Dataset.Iris with { Examples = [.. Dataset.Iris.Examples.Take(100)] };
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(twoOfThree.View(_ml));
        Assert.All(fitted.Transform(twoOfThree.View(_ml)).GetColumn<float[]>("Score"), score =>
        {
            Assert.Equal(3, score.Length);
            Assert.InRange(score[2], 0, 0.001f);
            Assert.Equal(1, score.Sum(), 1e-5f);
        });
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Rows_of_one_class_alone_give_a_model_that_is_sure_of_it(string trainer)
    {
        var oneClass = Dataset.BreastCancer with { Examples = [.. Dataset.BreastCancer.Examples.Where(example => example.IsSecond)] };
        var fitted = AllTrainers.Create(trainer, _ml).Fit(oneClass.View(_ml));
        Assert.All(AllTrainers.Parameters(fitted), parameter => Assert.True(float.IsFinite(parameter)));
        Assert.InRange(AllTrainers.LogLoss(fitted, oneClass.View(_ml)), 0, 0.001);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void One_row_and_one_feature_are_enough(string trainer)
    {
        var one = new Dataset([new Dataset.Example { Features = [3], ClassIndex = 1, IsSecond = true }], ["no", "yes"]);
        var fitted = AllTrainers.Create(trainer, _ml).Fit(one.View(_ml));
        Assert.InRange(AllTrainers.LogLoss(fitted, one.View(_ml)), 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Features_that_never_change_give_the_class_prior(string trainer)
    {
        var constant = Dataset.BreastCancer with
        {
            Examples = [.. Dataset.BreastCancer.Examples.Select(example => new Dataset.Example
        {
            Features = [7, 0, -1e6f],
            ClassIndex = example.ClassIndex,
            IsSecond = example.IsSecond,
        })]
        };
        var prior = 357.0 / 569;
        var entropy = -(prior * Math.Log(prior)) - ((1 - prior) * Math.Log(1 - prior));
        var fitted = AllTrainers.Create(trainer, _ml).Fit(constant.View(_ml));
        Assert.Equal(entropy, AllTrainers.LogLoss(fitted, constant.View(_ml)), 5e-4);
    }

    [Fact]
    public void A_hidden_column_is_not_what_is_trained_on()
    {
        // Features is replaced by a single constant: the hidden original must not be read.
        var data = Dataset.Iris.View(_ml);
        var replaced = _ml.Transforms.Concatenate("Features", "Weight").Fit(data).Transform(data);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(replaced);
        VBuffer<float>[] weights = [];
        fitted.Model.GetWeights(ref weights, out _);
        Assert.All(weights, row => Assert.Equal(1, row.Length));
    }

    [Theory]
    [InlineData("ClassIndex")]
    [InlineData("Single")]
    public void Binary_labels_of_other_types_train_the_same_model(string label)
    {
        var data = _ml.Data.LoadFromEnumerable(Dataset.BreastCancer.Examples.Select(example => new SingleLabel
        {
            Features = example.Features,
            ClassIndex = example.ClassIndex,
            IsSecond = example.IsSecond,
            Single = example.IsSecond ? 1 : 0,
        }));
        float[] Of(string column) => AllTrainers.Parameters(AllTrainers.Create("sigmoid", _ml, options =>
        {
            options.LabelColumnName = column;
            options.Seed = 3;
        }).Fit(data));
        Assert.Equal(Of("IsSecond"), Of(label));
    }

    private void AssertRefused(string trainer, IDataView data, string message, Action<CrossEntropyTrainerOptions> configure)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => AllTrainers.Create(trainer, _ml, configure).Fit(data));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private sealed class SingleLabel
    {
        [VectorType(30)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint ClassIndex { get; set; }

        public bool IsSecond { get; set; }

        public float Single { get; set; }
    }
}

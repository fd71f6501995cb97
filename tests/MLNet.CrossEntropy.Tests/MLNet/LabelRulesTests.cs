using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>
/// One rule for each way to read a column (docs/trainers.md, "How labels are read"): training and evaluation over the same one.
/// </summary>
public class LabelRulesTests
{
    private static readonly string[] Names = ["cat", "dog", "bird"];
    private static readonly RowTable Table = RowTable.Gaussian(rows: 60, features: 3, classes: 3, seed: 5);

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_key_value_beyond_the_count_is_an_unknown_class()
    {
        var data = Rows().AddKeys("Label", Table.Y.Select((y, i) => i < 2 ? 7u : i == 2 ? 0 : (uint)y + 1), 3, Names).Build();
        var model = Fit(data);
        var trained = TrainingReport.Of(model)!.Rows;
        var evaluated = _ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(data)).Rows;
        Assert.Equal((57, 2, 1), (trained.Used, trained.UnknownLabel, trained.MissingLabel));
        Assert.Equal((57, 2, 1), (evaluated.Used, evaluated.UnknownClass, evaluated.MissingLabel));
    }

    [Theory]
    [InlineData("Double")]
    [InlineData("Int32")]
    [InlineData("Byte")]
    public void Example_weights_may_be_any_number(string type)
    {
        int[] weights = [.. Table.Y.Select((_, i) => i % 3)];
        var view = Rows().AddKeys("Label", Table.Y.Select(y => (uint)y + 1), 3, Names).AddNumbers("Single", weights.Select(w => (double)w));
        var data = (type switch
        {
            "Double" => view.Add(type, NumberDataViewType.Double, weights.Select(w => (double)w)),
            "Int32" => view.Add(type, NumberDataViewType.Int32, weights),
            _ => view.Add(type, NumberDataViewType.Byte, weights.Select(w => (byte)w)),
        }).Build();
        var (model, expected) = (Fit(data, weights: type), Fit(data, weights: "Single"));
        Assert.Equal(AllTrainers.Parameters(expected), AllTrainers.Parameters(model));
        Assert.Equal(20, TrainingReport.Of(model)!.Rows.ZeroWeight);
        Assert.Equal(Evaluate("Single"), Evaluate(type));

        double Evaluate(string column) =>
            _ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(data), exampleWeightColumnName: column).LogLoss;
    }

    [Fact]
    public void A_missing_column_is_refused_in_the_same_words()
    {
        var data = Rows().AddKeys("Label", Table.Y.Select(y => (uint)y + 1), 3, Names).Build();
        var scored = Fit(data).Transform(data);
        const string Refusal = "There is no label column 'Labels'. The data has: Features, Label; 'Label' is the nearest.";
        Assert.Equal(Refusal, Message(() => _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Labels").Fit(data)));
        Assert.Equal(
            Refusal.Replace("Label;", "Label, PredictedLabel, Score;", StringComparison.Ordinal),
            Message(() => _ml.MulticlassClassification.EvaluateCrossEntropy(scored, "Labels")));
        Assert.Equal(
            "There is no label column 'Truth'. The data has: Features, Label.",
            Message(() => _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Truth").Fit(data)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Slots_and_keys_are_matched_by_name(bool soft)
    {
        int[] order = [2, 0, 1];
        string[] others = [.. order.Select(k => Names[k])];
        IDataView train = Labelled(soft, Names, [0, 1, 2]), same = Labelled(soft, Names, [0, 1, 2]), turned = Labelled(soft, others, order);
        Assert.Equal(ValidationLosses(train, same), ValidationLosses(train, turned));
        var model = Fit(train);
        Assert.Equal(LogLoss(model, same), LogLoss(model, turned), 1e-12);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Slots_and_keys_are_matched_by_position_where_neither_side_has_names(bool soft)
    {
        IDataView train = Labelled(soft, null, [0, 1, 2]);
        Assert.All(ValidationLosses(train, train), loss => Assert.InRange(loss!.Value, 0, 3));
        Assert.InRange(LogLoss(Fit(train), train), 0, 3);
    }

    [Theory]
    [InlineData(true, "The slots of the label column 'Label' have no names, and the classes are called 'cat', 'dog', 'bird': there is no telling which is which. Name the slots")]
    [InlineData(false, "The key values of the label column 'Label' have no names, and the classes are called 'cat', 'dog', 'bird': there is no telling which is which. Map the labels")]
    public void Names_of_the_classes_alone_are_refused_and_class_names_are_the_remedy(bool soft, string refusal)
    {
        IDataView train = Labelled(soft, Names, [0, 1, 2]), unnamed = Labelled(soft, null, [0, 1, 2]);
        Assert.StartsWith(refusal, Message(() => ValidationLosses(train, unnamed)), StringComparison.Ordinal);
        var model = Fit(train);
        Assert.StartsWith(refusal, Message(() => LogLoss(model, unnamed)), StringComparison.Ordinal);
        Assert.Equal(LogLoss(model, train), LogLoss(model, unnamed, Names), 1e-12);
    }

    [Fact]
    public void Names_of_the_slots_alone_are_refused_and_class_names_are_the_remedy()
    {
        IDataView train = Labelled(soft: true, null, [0, 1, 2]), named = Labelled(soft: true, Names, [0, 1, 2]);
        const string Refusal =
            "The slots of the label column 'Label' are called 'cat', 'dog', 'bird', and the classes have no names: there is no telling " +
            "which is which. ";
        Assert.StartsWith(Refusal, Message(() => ValidationLosses(train, named)), StringComparison.Ordinal);
        var model = Fit(train);
        Assert.StartsWith(Refusal, Message(() => LogLoss(model, named)), StringComparison.Ordinal);
        Assert.Equal(LogLoss(model, train), LogLoss(model, named, Names), 1e-12);
    }

    [Fact]
    public void Names_of_other_slots_are_refused()
    {
        IDataView train = Labelled(soft: true, Names, [0, 1, 2]), other = Labelled(soft: true, ["cat", "dog", "cow"], [0, 1, 2]);
        const string Refusal =
            "The slots of the label column 'Label' are called 'cat', 'dog', 'cow', which are not the classes ('cat', 'dog', 'bird').";
        Assert.StartsWith(Refusal, Message(() => ValidationLosses(train, other)), StringComparison.Ordinal);
        Assert.StartsWith(Refusal, Message(() => LogLoss(Fit(train), other)), StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_are_matched_by_name_too()
    {
        var data = MultiLabelData.Draw();
        IDataView turned = new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), data.Rows.Select(row => new VBuffer<float>(4, row)))
            .AddScores(
                "Label", data.Answers.Select(row => new double[] { row[1], row[2], row[0] }), 3,
                InMemoryView.Names("SlotNames", ["dog", "bird", "cat"]))
            .Build();
        var trainer =
            _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(
            new MultiLabelSigmoidCrossEntropyTrainer.Options { NumberOfEpochs = 3, Seed = 1 });
        var (expected, actual) = (trainer.Fit(data.View(), data.View()), trainer.Fit(data.View(), turned));
        Assert.Equal(
            TrainingReport.Of(expected)!.History.Select(epoch => epoch.ValidationLoss),
            TrainingReport.Of(actual)!.History.Select(epoch => epoch.ValidationLoss));
        Assert.Equal(
            _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(expected.Transform(data.View())).LogLoss,
            _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(expected.Transform(turned)).LogLoss, 1e-12);
    }

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(
        IDataView data, string? weights = null, IDataView? validation = null)
    {
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options { ExampleWeightColumnName = weights, NumberOfEpochs = 5, Seed = 1 });
        return validation is null ? trainer.Fit(data) : trainer.Fit(data, validation);
    }

    private double?[] ValidationLosses(IDataView train, IDataView validation)
        => [.. TrainingReport.Of(Fit(train, validation: validation))!.History.Select(epoch => epoch.ValidationLoss)];

    private double LogLoss(
        MulticlassPredictionTransformer<MaximumEntropyModelParameters> model, IDataView data, string[]? classNames = null)
        => _ml.MulticlassClassification.EvaluateCrossEntropy(
            model.Transform(data), new MulticlassEvaluationOptions { ClassNames = classNames }).LogLoss;

    private static string Message(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;

    private static InMemoryView.Builder Rows() => new InMemoryView.Builder()
        .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 3), Table.X.Select(row => new VBuffer<float>(3, row)));

    /// <summary>
    /// A label of the classes in the given order: a key, or a vector with 0.75 for the class and the rest for the others.
    /// </summary>
    private static InMemoryView Labelled(bool soft, string[]? names, int[] order) => soft
        ? Rows().AddScores(
            "Label", Table.Y.Select(y => order.Select(k => k == y ? 0.75 : 0.125).ToArray()), 3, names is null ? null
            : InMemoryView.Names("SlotNames", names)).Build()
        : Rows().AddKeys("Label", Table.Y.Select(y => (uint)Array.IndexOf(order, y) + 1), 3, names).Build();
}

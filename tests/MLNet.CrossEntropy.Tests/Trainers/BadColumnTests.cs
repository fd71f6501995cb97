using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>A column that is not there, or is of a type that a trainer cannot use, is refused by every trainer in the same words.</summary>
public class BadColumnTests
{
    private const string FeatureRemedy =
        "Make it one vector of Single of a fixed length, for example with Concatenate, ConvertType or [VectorType(length)]";
    private const string KeyRemedy = "Map it to a key with MapValueToKey";
    private const string BinaryRemedy = "Convert it, for example with MapValue or ConvertType";
    private const string AnswersRemedy = "Make it one vector with a slot for each label, for example with Concatenate";

    /// <summary>Trainer, role and name of a column, and what is wrong with it.</summary>
    public static TheoryData<string, string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string, string>();
            foreach (var trainer in EveryTrainer.Keys)
            {
                AddMismatches(
                    trainer, "feature", "Vector<Single>", FeatureRemedy,
                    [("Number", "Single"), ("Doubles", "Vector<Double, 2>"), ("Unsized", "VarVector<Single>"), ("Text", "String")]);
                AddMismatches(
                    trainer, "example weight", "a number", "Convert it with ConvertType",
                    [("Features", "Vector<Single, 2>"), ("Text", "String"), ("ClassIndex", "Key<UInt32, 0-2>")]);
            }
            AddMismatches(
                "softmax", "label", "Key<UInt32>", KeyRemedy, [("Text", "String"), ("IsSecond", "Boolean"), ("Number", "Single")]);
            AddMismatches(
                "softmax", "label", "Key<UInt32> of 2 classes or more, their count known", "A classifier cannot learn from one class",
                [("One", "Key<UInt32, 0-0>")]);
            AddMismatches("sigmoid", "label", "Boolean, Single or Key<UInt32> of 2 classes", BinaryRemedy,
                [("Text", "String"), ("One", "Key<UInt32, 0-0>"), ("Answers", "Vector<Boolean, 3>"), ("Double", "Double")]);
            AddMismatches(
                "sigmoid", "label", "Boolean, Single or Key<UInt32> of 2 classes",
                "A label of more than two classes is for MulticlassClassification.Trainers.SoftmaxCrossEntropy",
                [("ClassIndex", "Key<UInt32, 0-2>")]);
            AddMismatches(
                "multi-label", "label", "Vector<Boolean> or Vector<Single> of 2 slots or more", AnswersRemedy,
                [("Text", "String"), ("IsSecond", "Boolean"), ("ClassIndex", "Key<UInt32, 0-2>"), ("Doubles", "Vector<Double, 2>")]);
            AddMismatches(
                "multi-label", "label", "Vector<Boolean> or Vector<Single> of 2 slots or more",
                "State the length with [VectorType(length)]", [("Unsized", "VarVector<Single>")]);
            return cases;

            void AddMismatches(string trainer, string role, string expected, string remedy, (string Column, string Type)[] columns)
            {
                foreach ((var column, var type) in columns)
                    cases.Add(
                        trainer, role, column, $"Schema mismatch for {role} column '{column}': expected {expected}, got {type}. {remedy}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_column_that_cannot_be_used_is_refused_with_what_is_expected(string trainer, string role, string column, string message)
    {
        var estimator = EveryTrainer.Create(trainer, new(seed: 1), options =>
        {
            if (role == "feature")
                options.FeatureColumnName = column;
            else if (role == "label")
                options.LabelColumnName = column;
            else
                options.ExampleWeightColumnName = column;
        });
        var view = View();
        Assert.Equal(
            $"{message} (Parameter 'inputSchema')", Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(view)).Message);
        // A pipeline's schema knows no number of key values, and no length.
        if (column == "One" || (trainer == "sigmoid" && column == "ClassIndex"))
            return;
        var promise = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.GetOutputSchema(SchemaText.ShapeOf(view.Schema))).Message;
        Assert.Equal($"{System.Text.RegularExpressions.Regex.Replace(message, ", (\\d+|0-2)>", ">")} (Parameter 'inputSchema')", promise);
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_column_that_is_not_there_is_refused_alike_by_Fit_and_by_a_pipelines_schema(string trainer)
    {
        var view = View();
        foreach ((var role, Action<CrossEntropyTrainerOptions> configure) in ((string, Action<CrossEntropyTrainerOptions>)[])
        [
            ("feature", options => options.FeatureColumnName = "Feature"),
            ("label", options => options.LabelColumnName = "Feature"),
            ("example weight", options => options.ExampleWeightColumnName = "Feature"),
            ("group", options => (options.GroupColumnName, options.ValidationFraction) = ("Feature", 0.5)),
        ])
        {
            var estimator = EveryTrainer.Create(trainer, new(seed: 1), configure);
            foreach (var refusal in (Action[])[() => estimator.Fit(view), () => estimator.GetOutputSchema(SchemaText.ShapeOf(view.Schema))])
            {
                Assert.Matches(
                    $"^There is no {role} column 'Feature'\\. The data has: .*Features, .*; 'Features' is the nearest\\.$",
                    Assert.Throws<ArgumentException>(refusal).Message);
            }
        }
    }

    private static InMemoryView View() => LabelledRows.Gaussian(4, 2).Columns()
        .Add("Number", NumberDataViewType.Single, [1f, 0, 1, 0])
        .Add("Double", NumberDataViewType.Double, [1.0, 0, 1, 0])
        .Add("Doubles", new VectorDataViewType(NumberDataViewType.Double, 2), Enumerable.Repeat(new VBuffer<double>(2, [0, 1]), 4))
        .Add("Unsized", new VectorDataViewType(NumberDataViewType.Single), Enumerable.Repeat(new VBuffer<float>(2, [0, 1]), 4))
        .AddText("Text", ["a", "b", "c", "a"])
        .AddKeys("One", [1, 1, 1, 1], 1)
        .Build();
}

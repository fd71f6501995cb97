using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Labels find their class by name: a key's order is only the order of appearance in some data.</summary>
public sealed class ClassMatchingTests
{
    private static readonly string[] CatDogFox = ["cat", "dog", "fox"];
    private static readonly double[][] Scores = [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.125, 0.625]];
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("SlotNames")]
    [InlineData("TrainingLabelValues")]
    public void A_key_in_another_order_is_matched_by_name(string annotation)
    {
        string[] labelOrder = ["fox", "cat", "owl", "dog"];
        var data = Named(annotation).AddKeys("Label", [2, 4, 1], 4, labelOrder).Build();
        var metrics = Evaluate(data);

        Assert.Equal(CatDogFox, metrics.Classes.Select(c => c.Name));
        Assert.Equal(
            [-Math.Log(0.5), -Math.Log(0.75), -Math.Log(0.625)], metrics.Classes.Select(c => c.LogLoss), (x, y) =>
            Math.Abs(x - y) <= 1e-15);
        Assert.Equal(1, metrics.Accuracy);
    }

    [Fact]
    public void ML_NET_matches_keys_by_position_and_calls_a_perfect_model_wrong()
    {
        string[] labelOrder = ["fox", "dog", "cat"];
        var data = Named("SlotNames")
            .AddKeys("Label", [3, 2, 1], 3, labelOrder)
            .AddKeys("PredictedLabel", [1, 2, 3], 3, CatDogFox)
            .Build();
        Assert.Equal(1 / 3.0, _ml.MulticlassClassification.Evaluate(data).MicroAccuracy, 1e-12);
        Assert.Equal(1, Evaluate(data).Accuracy);
    }

    [Fact]
    public void A_label_that_the_model_does_not_know_is_an_unknown_class()
    {
        var data = Named("SlotNames").AddKeys("Label", [1, 2, 0], 2, ["dog", "owl"]).Build();
        var rows = Evaluate(data).Rows;
        Assert.Equal((1, 1, 1), (rows.Used, rows.UnknownClass, rows.MissingLabel));
    }

    [Theory]
    [InlineData(true, new[] { "cat", "dog", "cat" }, "numbers 0, 2 (counted from 0) are all called 'cat'")]
    [InlineData(false, new[] { "cat", "dog", "cat" }, "numbers 0, 2 (counted from 0) are all called 'cat'")]
    [InlineData(true, new[] { "cat", "", "dog" }, "number 1 (counted from 0) has an empty name")]
    [InlineData(false, new[] { "cat", "", "dog" }, "number 1 (counted from 0) has an empty name")]
    public void Names_that_tell_nothing_apart_are_said_to(bool named, string[] names, string fault)
    {
        InMemoryView.Builder Scores3() => named ? Named("SlotNames") : new InMemoryView.Builder().AddScores("Score", Scores, 3);
        var error = Assert.Throws<ArgumentException>(() => Evaluate(Scores3().AddKeys("Label", [1, 2, 3], 3, names).Build()));
        Assert.Contains($"The key values of the label column 'Label' do not tell them apart: {fault}. ", error.Message, StringComparison.Ordinal);
        var slots = Scores3().AddScores("Label", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 3, InMemoryView.Names("SlotNames", names)).Build();
        Assert.Contains(
            $"The slots of the label column 'Label' do not tell them apart: {fault}. ", Assert.Throws<ArgumentException>(() => Evaluate(slots)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Text_labels_are_matched_by_name()
    {
        var data = Named("SlotNames").AddText("Label", ["fox", "", "owl"]).Build();
        var metrics = Evaluate(data);
        Assert.Equal((1, 1, 1), (metrics.Rows.Used, metrics.Rows.MissingLabel, metrics.Rows.UnknownClass));
        Assert.Equal(-Math.Log(0.25), metrics.LogLoss, 1e-15);
    }

    [Fact]
    public void Numeric_labels_are_matched_by_value_when_the_classes_are_numbers()
    {
        var data = new InMemoryView.Builder()
            .AddScores("Score", Scores, 3, InMemoryView.Names("TrainingLabelValues", ["7", "0.1", "-3"]))
            .AddNumbers("Label", [7, 0.1, double.NaN])
            .Build();
        var metrics = Evaluate(data);
        Assert.Equal((2, 1), (metrics.Rows.Used, metrics.Rows.MissingLabel));
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.75)) / 2, metrics.LogLoss, 1e-15);
    }

    [Fact]
    public void Numeric_labels_are_zero_based_slots_when_nothing_is_named()
    {
        var data = new InMemoryView.Builder().AddScores("Score", Scores, 3).AddNumbers("Label", [0, 3, 0.5]).Build();
        var rows = Evaluate(data).Rows;
        Assert.Equal((1, 2), (rows.Used, rows.UnknownClass));
    }

    [Fact]
    public void Boolean_labels_find_False_and_True_in_any_order()
    {
        var data = new InMemoryView.Builder()
            .AddScores("Score", [[0.75, 0.25], [0.125, 0.875]], 2, InMemoryView.Names("TrainingLabelValues", ["True", "False"]))
            .Add("Label", BooleanDataViewType.Instance, [true, false])
            .Build();
        Assert.Equal(1, Evaluate(data).Accuracy);
    }

    [Fact]
    public void Given_names_come_first()
    {
        var data = Named("SlotNames").AddText("Label", ["b", "a", "c"]).Build();
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(
            data, new MulticlassEvaluationOptions { ClassNames = ["b", "a", "c"] });
        Assert.Equal(1, metrics.Accuracy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Given_names_name_a_label_that_has_none(bool areVotes)
    {
        // Votes, or a bare key, in the order fox, cat, dog; the scores' order is cat, dog, fox. Votes of one class each.
        int[] labels = [1, 2, 0];
        var data = areVotes
            ? Named("SlotNames").AddScores("Label", labels.Select(y => Enumerable.Range(0, 3).Select(k => k == y ? 2.0 : 0).ToArray()), 3)
            : Named("SlotNames").AddKeys("Label", labels.Select(y => (uint)y + 1), 3);
        var view = data.Build();
        AssertError(areVotes ? "The slots of the label column 'Label' have no names" : "The key values of the label column", view);
        AssertError("(ClassNames", view);

        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(
            view, new MulticlassEvaluationOptions { ClassNames = ["fox", "cat", "dog"] });
        Assert.Equal(CatDogFox, metrics.Classes.Select(c => c.Name));
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.75) + Math.Log(0.625)) / 3, metrics.LogLoss, 1e-15);

        // Names that are not the scores' own do not say which slot is which.
        AssertError("The", view, new MulticlassEvaluationOptions { ClassNames = ["a", "b", "c"] });
    }

    [Fact]
    public void Scores_without_names_are_not_paired_with_named_labels_by_position()
    {
        InMemoryView.Builder unnamed() => new InMemoryView.Builder().AddScores("Score", Scores, 3);
        string[] order = ["fox", "cat", "dog"];
        foreach (var view in new[]
        {
            unnamed().AddKeys("Label", [2, 3, 1], 3, order).Build(),
            unnamed().AddScores("Label", [[0, 1, 0], [0, 0, 1], [1, 0, 0]], 3, InMemoryView.Names("SlotNames", order)).Build(),
        })
        {
            AssertError("the classes have no names", view);
            var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions { ClassNames = CatDogFox });
            Assert.Equal(1, metrics.Accuracy);
        }
    }

    [Fact]
    public void Given_names_in_another_order_than_the_scores_are_of_no_use_to_a_label_with_names()
    {
        MulticlassEvaluationOptions options = new() { ClassNames = ["dog", "cat", "fox"] };
        AssertError("in another order", Named("SlotNames").AddText("Label", CatDogFox).Build(), options);
        AssertError("in another order", Named("SlotNames").AddKeys("Label", [1, 2, 3], 3, CatDogFox).Build(), options);
        var same = Named("SlotNames").AddKeys("Label", [2, 1, 3], 3, ["dog", "cat", "fox"]).Build();
        Assert.Equal(1, _ml.MulticlassClassification.EvaluateCrossEntropy(same, options).Accuracy);
    }

    [Fact]
    public void Models_of_which_one_names_its_classes_are_not_compared_by_position()
    {
        Dictionary<string, IDataView> models = new()
        {
            ["named"] = Named("SlotNames").AddText("Label", CatDogFox).Build(),
            ["bare"] = new InMemoryView.Builder().AddScores("Score", Scores, 3).AddNumbers("Label", [0, 1, 2]).Build(),
        };
        Assert.Contains("not both name them", Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.CompareCrossEntropy(models)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_loaded_as_numbers_are_one_based_in_the_view()
    {
        // Trap: LoadFromEnumerable takes 0-based values for a key column and shows them 1-based, 0 being missing.
        var data = _ml.Data.LoadFromEnumerable([new KeyRow { Label = 0 }, new KeyRow { Label = 2 }, new KeyRow { Label = 3 }]);
        var metrics = Evaluate(data);
        Assert.Equal((2, 1), (metrics.Rows.Used, metrics.Rows.MissingLabel));
        Assert.Equal([1L, 0L, 1L], metrics.Classes.Select(c => c.Support));
        Assert.Equal(["0", "1", "2"], metrics.Classes.Select(c => c.Name));
    }

    [Fact]
    public void Errors_say_what_to_do()
    {
        InMemoryView.Builder text() => new InMemoryView.Builder().AddScores("Score", Scores, 3).AddText("Label", CatDogFox);
        AssertError("carry no class names", text().Build());
        AssertError(
            "No key value of the label column 'Label' ('x', 'y')", Named("SlotNames").AddKeys("Label", [1, 2, 1], 2, ["x", "y"]).Build());
        AssertError("classes are called 'cat', 'dog', 'fox'", Named("SlotNames").AddNumbers("Label", [0, 1, 2]).Build());
        AssertError("Two classes are called 'a' (slots 0 and 2", new InMemoryView.Builder()
            .AddScores("Score", Scores, 3, InMemoryView.Names("SlotNames", ["a", "b", "a"])).AddText("Label", CatDogFox).Build());
        AssertError(
            "There is no score column 'Score'. The data has: Label.", new InMemoryView.Builder().AddText("Label", CatDogFox).Build());
        AssertError(
            "There is no label column 'Label'. The data has: Score.", new InMemoryView.Builder().AddScores("Score", Scores, 3).Build());
        AssertError("of type Single", new InMemoryView.Builder().AddNumbers("Label", [0]).AddNumbers("Score", [0.5]).Build());
        AssertError("2 class names were given", text().Build(), new MulticlassEvaluationOptions { ClassNames = ["a", "b"] });
    }

    private void AssertError(string part, IDataView data, MulticlassEvaluationOptions? options = null)
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => _ml.MulticlassClassification.EvaluateCrossEntropy(data, options ?? new MulticlassEvaluationOptions()));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static InMemoryView.Builder Named(string annotation) =>
        new InMemoryView.Builder().AddScores("Score", Scores, 3, InMemoryView.Names(annotation, CatDogFox));

    private MulticlassCrossEntropyMetrics Evaluate(IDataView data) => _ml.MulticlassClassification.EvaluateCrossEntropy(data);

    private sealed class KeyRow
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Score { get; set; } = [0.5f, 0.25f, 0.25f];
    }
}

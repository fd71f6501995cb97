using Microsoft.ML;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Which rows are compared, and how classes find each other.</summary>
public sealed class CompareRowsTests
{
    /// <summary>Scores that say what probabilities say, an impossible class included.</summary>
    private static InMemoryView Logits(double[] labels, double[][] probabilities) =>
        ScoredData.Multiclass(labels, [.. probabilities.Select(row => row.Select(q => Math.Log(q)).ToArray())]);

    private static readonly string[] Animals = ["cat", "dog", "owl"];
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Classes_are_matched_by_name()
    {
        double[][] scores = [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.25, 0.5]];
        var one = Named(["cat", "dog", "owl"], ["cat", "dog", "owl"], scores);
        var other = Named(["cat", "dog", "owl"], ["owl", "cat", "dog"], [.. scores.Select(s => new[] { s[2], s[0], s[1] })]);
        var actual = Compare(one, other);
        Assert.Equal(ComparisonVerdict.Equal, actual.Pairs[0].Verdict);
        Assert.Empty(actual.Warnings);
        Assert.Equal((-Math.Log(0.5) - Math.Log(0.75) - Math.Log(0.5)) / 3, actual.Models[1].LogLoss, 1e-14);
    }

    [Theory]
    [InlineData(BadRowPolicy.Skip, 2)]
    [InlineData(BadRowPolicy.CountAsMistake, 3)]
    public void A_class_that_one_model_does_not_know_is_left_out_or_counts_as_a_mistake(BadRowPolicy policy, int rows)
    {
        var knowsAll = Named(Animals, Animals, [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.25, 0.5]]);
        var knowsTwo = Named(Animals, ["cat", "dog"], [[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]]);
        var actual = Compare(knowsAll, knowsTwo, new() { UnknownClass = policy });
        Assert.Equal(rows, actual.Pairs[0].Rows);
        Assert.Equal(rows, actual.Rows.Used);
        Assert.Equal((3, 2), (actual.Models[0].Rows.Used, actual.Models[1].Rows.Used));
        Assert.Contains(actual.Warnings, w => w.Contains("'two' are not those of 'one'", StringComparison.Ordinal));
        if (policy == BadRowPolicy.Skip)
        {
            Assert.Equal(1, actual.Rows.UnknownClass);
            Assert.Equal((-Math.Log(0.5) - Math.Log(0.75)) / 2, actual.Models[0].LogLoss, 1e-14);
            return;
        }
        // The pair is (two, one).
        Assert.Equal(double.PositiveInfinity, actual.Pairs[0].MeanDifference);
        Assert.Equal((1, 0), (actual.Pairs[0].FirstInfiniteRows, actual.Pairs[0].SecondInfiniteRows));
        Assert.Equal((Math.Log(0.5 / 0.75) + 0 + Math.Log(0.5) + 15 * Math.Log(10)) / 3, actual.Pairs[0].ClippedMeanDifference, 1e-12);
        Assert.Equal("owl", actual.Pairs[0].RowsForSecond[0].Label);
        Assert.StartsWith(
            "The log-loss of two is infinite (1 row with probability 0 of the true class), that of one is not. With a floor under " +
            "probabilities: ", actual.Pairs[0].Sentence, StringComparison.Ordinal);
        Assert.Contains(actual.Warnings, w => w.Contains("'two' is infinite", StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_that_one_model_cannot_be_judged_on_is_left_out_for_both()
    {
        var one = ScoredData.Multiclass([0, 1, -1, 2], [[0.5, 0.25, 0.25], [double.NaN, 0.5, 0.5], [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]);
        var two = ScoredData.Multiclass([0, 1, -1, 2], [[0.25, 0.5, 0.25], [0.25, 0.5, 0.25], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25]]);
        var actual = Compare(one, two);
        Assert.Equal((2, 1, 1, 4), (actual.Rows.Used, actual.Rows.NonFiniteScore, actual.Rows.MissingLabel, actual.Rows.Total));
        Assert.Equal((2, 3), (actual.Models[0].Rows.Used, actual.Models[1].Rows.Used));
        Assert.Equal(-Math.Log(0.25), actual.Models[1].LogLoss, 1e-14);
        Assert.Equal(Math.Log(2), actual.Pairs[0].MeanDifference, 1e-14);
        Assert.Contains(actual.Warnings, w => w.StartsWith("2 of 4 rows were left out", StringComparison.Ordinal));

        var error = Assert.Throws<InvalidOperationException>(() => Compare(one, two, new() { InvalidScore = BadRowPolicy.Throw }));
        Assert.StartsWith("Model 'one': Row 1 has a score that is not finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_log_losses_may_be_infinite()
    {
        var one = Logits([0, 1, 2], [[0, 0.5, 0.5], [0, 0.5, 0.5], [0.25, 0.25, 0.5]]);
        var two = Logits([0, 1, 2], [[0.25, 0.5, 0.25], [0.5, 0, 0.5], [0.5, 0.5, 0]]);
        var actual = Compare(one, two).Pairs[0];
        Assert.Equal(double.NaN, actual.MeanDifference);
        Assert.Equal((2, 1, 3), (actual.FirstInfiniteRows, actual.SecondInfiniteRows, actual.ClippedRows));
        Assert.True(double.IsFinite(actual.ClippedMeanDifference));
        Assert.StartsWith(
            "Both log-losses are infinite (2 rows of two, 1 row of one with probability 0 of the true class).", actual.Sentence,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("label", "Row 1 of 'one' has label '1', that of 'two' '2'.")]
    [InlineData("missing", "Row 1 of 'one' has label '1', that of 'two' missing.")]
    [InlineData("weight", "Row 1 of 'one' has weight 1, that of 'two' 2.5.")]
    [InlineData("shorter", "The data of 'two' end after 2 rows, those of 'one' go on.")]
    [InlineData("longer", "The data of 'one' end after 3 rows, those of 'two' go on.")]
    public void Other_rows_are_refused(string difference, string message)
    {
        double[] labels =
            difference switch
            {
                "label" => [0, 2, 2],
                "missing" => [0, -1, 2],
                "shorter" => [0, 1],
                "longer" => [0, 1, 2, 0],
                _ =>
            [0, 1, 2]
            };
        double[] weights = [1, difference == "weight" ? 2.5 : 1, 1, 1];
        InMemoryView one = ScoredData.Multiclass([0, 1, 2], Even(3), [1, 1, 1]),
            two = ScoredData.Multiclass(labels, Even(labels.Length), weights[..labels.Length]);
        var error = Assert.Throws<InvalidOperationException>(() => Compare(one, two, new() { ExampleWeightColumnName = "Weight" }));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Soft_labels_must_be_the_same_too()
    {
        InMemoryView one = Soft([[0.5, 0.5, 0], [0, 1, 0]], Even(2)),
            same = Soft([[0.5, 0.5, 0], [0, 1, 0]], [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]]),
            other = Soft([[0.5, 0, 0.5], [0, 1, 0]], Even(2));
        var actual = Compare(one, same).Pairs[0];
        // Second less first of row 0: ln 3 - (ln 2 + ln 4)/2, of row 1: ln 3 - ln 2; the pair is (two, one).
        Assert.Equal(-((Math.Log(3) - 1.5 * Math.Log(2)) + (Math.Log(3) - Math.Log(2))) / 2, actual.MeanDifference, 1e-7);
        Assert.Null(actual.RowsForFirst[0].Label);
        Assert.Contains(
            "label (0.5, 0.5, 0), that of 'two' (0.5, 0, 0.5)", Assert.Throws<InvalidOperationException>(() => Compare(one, other)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_can_be_said_of_no_rows_or_one()
    {
        var none = Compare(ScoredData.Multiclass([], []), ScoredData.Multiclass([], [])).Pairs[0];
        Assert.Equal((0, ComparisonVerdict.TooFew), (none.Rows, none.Verdict));
        Assert.Contains("no row on which both can be evaluated", none.Sentence, StringComparison.Ordinal);
        var one = Compare(ScoredData.Multiclass([0], [[0.5, 0.25, 0.25]]), ScoredData.Multiclass([0], [[0.25, 0.5, 0.25]])).Pairs[0];
        Assert.Equal(ComparisonVerdict.TooFew, one.Verdict);
        Assert.Equal(Math.Log(2), one.MeanDifference, 1e-14);
        Assert.Contains("1 effective rows are too few", one.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_models_are_compared_with_a_baseline_or_each_with_each()
    {
        double[] labels = [.. Enumerable.Range(0, 30).Select(i => (double)(i % 3))];
        Random random = new(4);
        Dictionary<string, IDataView> scored = new() { ["a"] = Drawn(), ["b"] = Drawn(), ["c"] = Drawn() };
        var baseline = _ml.MulticlassClassification.CompareCrossEntropy(scored, new() { Baseline = "b", BootstrapResamples = 0 });
        Assert.Equal([("a", "b"), ("c", "b")], baseline.Pairs.Select(p => (p.First, p.Second)));
        Assert.Equal("b", baseline.Baseline);
        var all = _ml.MulticlassClassification.CompareCrossEntropy(scored, new() { AllPairs = true, BootstrapResamples = 0 });
        Assert.Equal([("a", "b"), ("a", "c"), ("b", "c")], all.Pairs.Select(p => (p.First, p.Second)));
        Assert.Null(all.Baseline);
        Assert.Equal(HolmAdjustment.Of([.. all.Pairs.Select(p => p.PValue)]), all.Pairs.Select(p => p.AdjustedPValue));
        Assert.Equal(all.Pairs[0].ClippedMeanDifference + all.Pairs[2].ClippedMeanDifference, all.Pairs[1].ClippedMeanDifference, 1e-12);
        Assert.Same(all.Pairs[1], all.Pair("c", "a"));
        Assert.Contains("'a' with 'c'", Assert.Throws<KeyNotFoundException>(() => all.Pair("a", "x")).Message, StringComparison.Ordinal);

        InMemoryView Drawn() => ScoredData.Multiclass(labels, [.. labels.Select(_ =>
        {
            int one = random.Next(1, 31), two = random.Next(1, 32);
            return new[] { one / 64.0, two / 64.0, (64 - one - two) / 64.0 };
        })]);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var view = ScoredData.Multiclass([0, 1, 2], Even(3));
        Dictionary<string, IDataView> two = new() { ["one"] = view, ["two"] = view };
        Refused("at least 2", () => _ml.MulticlassClassification.CompareCrossEntropy(new Dictionary<string, IDataView> { ["one"] = view }));
        Refused("none of the models", () => _ml.MulticlassClassification.CompareCrossEntropy(two, new() { Baseline = "three" }));
        Refused("no group column 'Nest'", () => _ml.MulticlassClassification.CompareCrossEntropy(two, new() { GroupColumnName = "Nest" }));
        Refused("BootstrapResamples", () => _ml.MulticlassClassification.CompareCrossEntropy(two, new() { BootstrapResamples = -1 }));
        Refused("NumberOfThreads", () => _ml.MulticlassClassification.CompareCrossEntropy(two, new() { NumberOfThreads = 0 }));
        Refused("ListedRows", () => _ml.MulticlassClassification.CompareCrossEntropy(two, new() { ListedRows = 10_001 }));
        Refused("no class in common",
            () => Compare(
            Named(["cat", "dog"], ["cat", "dog"], [[0.5, 0.5], [0.5, 0.5]]),
            Named(["elk", "fox"], ["elk", "fox"], [[0.5, 0.5], [0.5, 0.5]])));
        Refused("cannot be matched", () => Compare(view, ScoredData.Multiclass([0, 1, 1], [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]])));

        static void Refused(string part, Func<object> call) =>
            Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    private CrossEntropyComparison Compare(IDataView one, IDataView two, MulticlassEvaluationOptions? evaluation = null) =>
        _ml.MulticlassClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["one"] = one, ["two"] = two }, new() { BootstrapResamples = 0 }, evaluation);

    private static double[][] Even(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new[] { 1 / 3.0, 1 / 3.0, 1 / 3.0 })];

    private static InMemoryView Named(string[] labels, string[] classes, double[][] scores) => new InMemoryView.Builder()
        .AddText("Label", labels)
        .AddScores("Score", scores, classes.Length, InMemoryView.Names("SlotNames", classes))
        .Build();

    private static InMemoryView Soft(double[][] labels, double[][] scores) => new InMemoryView.Builder()
        .AddScores("Label", labels, 3)
        .AddScores("Score", scores, 3)
        .Build();
}

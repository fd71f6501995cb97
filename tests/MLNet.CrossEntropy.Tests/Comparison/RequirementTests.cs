using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Evaluation;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Requirements that results must meet, and what is said where they do not.</summary>
public sealed class RequirementTests
{
    private static readonly MulticlassCrossEntropyMetrics Metrics = new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
        ScoredData.Multiclass([0, 1, 2, 0], [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25]]));

    private static readonly CrossEntropyComparison Folds = CrossEntropyComparison.OfFolds(new Dictionary<string, IReadOnlyList<double>>
    {
        ["old"] = [0.412, 0.398, 0.431, 0.405, 0.420],
        ["new"] = [0.425, 0.409, 0.433, 0.421, 0.428],
    });

    [Fact]
    public void What_is_met_goes_through() =>
        Assert.Same(Metrics, Metrics.Require(m => m.LogLoss < 0.7 && m.Accuracy >= 1, m => m.Classes.All(c => c.LogLoss < 1), m => m.Rows.Used == 4));

    [Fact]
    public void What_is_not_met_is_named_with_the_values_seen()
    {
        var limit = 0.5;
        var error = Assert.Throws<RequirementNotMetException>(() => Metrics.Require(
            m => m.LogLoss < limit && m.Accuracy > 0.9, m => m.Classes[1].LogLoss < m.LabelEntropy - 1, m => m.Classes.Any(c => c.Name == "elk")));
        string[] lines = error.Message.Split('\n');
        Assert.Equal("3 requirements are not met.", lines[0]);
        Assert.Equal("- m.LogLoss < 0.5: m.LogLoss is 0.693147 (95% CI 0.6931 to 0.6931).", lines[1]);
        Assert.Equal("- m.Classes[1].LogLoss < m.LabelEntropy - 1: m.Classes[1].LogLoss is 0.693147, m.LabelEntropy - 1 is 0.0397208.", lines[2]);
        Assert.Equal("- m.Classes.Any(c => c.Name == \"elk\"): it is false.", lines[3]);
    }

    [Fact]
    public void What_is_not_defined_is_not_met_and_the_warnings_say_why()
    {
        var none = new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([], []));
        var error = Assert.Throws<RequirementNotMetException>(() => none.Require(m => m.LogLoss < 1));
        Assert.StartsWith("A requirement is not met.\n- m.LogLoss < 1: m.LogLoss is NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("No row could be evaluated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_may_not_be_worse_than_another_by_more_than_chance_and_a_margin()
    {
        // 0.010 worse, with 95 % confidence by 0.00006 to 0.0199.
        _ = Folds.Require(c => c.DifferenceInterval("new", "old").Lower <= 0.001, c => c.DifferenceInterval("new", "old").Upper <= 0.02);
        var surelyWorse = Assert.Throws<RequirementNotMetException>(() => Folds.Require(c => c.DifferenceInterval("new", "old").Lower <= 0));
        Assert.Contains("c.DifferenceInterval(\"new\", \"old\").Lower is 5.69922E-05", surelyWorse.Message, StringComparison.Ordinal);
        Assert.Contains(Folds.Pairs[0].Sentence, surelyWorse.Message, StringComparison.Ordinal);
        Assert.Throws<RequirementNotMetException>(() => Folds.Require(c => c.DifferenceInterval("new", "old").Upper <= 0.01));
        Assert.Equal(-Folds.DifferenceInterval("old", "new").Lower, Folds.DifferenceInterval("new", "old").Upper);
        Assert.Equal("old", Folds.Best);
    }

    [Fact]
    public void A_culture_changes_nothing() => Reporting.Evaluated.AssertSameInAnyCulture(
        () => Assert.Throws<RequirementNotMetException>(() => Metrics.Require(m => m.LogLoss < 0.5, m => m.LogLoss + 0.25 < 0)).Message);

    [Fact]
    public void The_best_of_all_pairs()
    {
        var all = CrossEntropyComparison.OfFolds(
            new Dictionary<string, IReadOnlyList<double>> { ["a"] = [0.4, 0.5, 0.45], ["b"] = [0.3, 0.41, 0.34], ["c"] = [0.35, 0.4, 0.41] },
            new() { AllPairs = true });
        Assert.Equal("b", all.Best);
        Assert.Equal([("a", "b"), ("b", "c")], all.PairsWithBest.Select(p => (p.First, p.Second)));
        // Adjusted for three pairs, of which two are shown.
        Assert.Equal(3 * all.Pairs.Min(p => p.PValue), all.Pairs.Min(p => p.AdjustedPValue), 1e-12);
    }
}

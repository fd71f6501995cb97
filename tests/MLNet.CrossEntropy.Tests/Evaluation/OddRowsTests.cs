using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Odd weights, labels and names: the figures are worked out by hand, what has none is refused or counted.</summary>
public sealed class OddRowsTests
{
    private static readonly double[][] Scores = [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25]];

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Three rows are given a half, one a quarter: (3 ln 2 + ln 4) / 4 = 1.25 ln 2, and a deviation of ln 2 in one of four.</summary>
    [Theory]
    [InlineData(1e-140)]
    [InlineData(1)]
    [InlineData(1e38)]
    [InlineData(1e140)]
    public void The_size_of_equal_weights_does_not_matter(double weight)
    {
        var metrics = Evaluate(Weighted(weight));
        Assert.Equal(1.25 * Math.Log(2), metrics.LogLoss, 1e-12);
        Assert.Equal(Math.Log(2) / 4, metrics.LogLossStandardError, 1e-12);
        Assert.Equal(4, metrics.EffectiveRows, 1e-12);
        Assert.Equal(0.75, metrics.Accuracy, 1e-12);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e155)]
    [InlineData(1e308)]
    public void Weights_whose_squares_are_no_numbers_are_refused(double weight)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Evaluate(Weighted(weight)));
        Assert.Contains("weight of row 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Divide them all by the same number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_weight_0_are_counted_and_leave_the_others_alone()
    {
        var metrics = Evaluate(ScoredData.Multiclass([0, 1, 2, 1], Scores, [0, 1, 0, 1]));
        // A half and a quarter.
        Assert.Equal(1.5 * Math.Log(2), metrics.LogLoss, 1e-12);
        Assert.Equal((2, 2), (metrics.Rows.Used, metrics.Rows.ZeroWeight));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Votes_that_are_no_shares_are_a_missing_label(double first, double second)
    {
        var view = new InMemoryView.Builder()
            .AddScores("Label", [[first, second, 0], [1, 0, 0]], 3).AddScores("Score", Scores[..2], 3).Build();
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(view);
        Assert.Equal(Math.Log(4), metrics.LogLoss, 1e-12);
        Assert.Equal((1, 1), (metrics.Rows.Used, metrics.Rows.MissingLabel));
    }

    [Fact]
    public void Names_that_differ_by_case_are_two_classes()
    {
        var view = new InMemoryView.Builder().AddKeys("Label", [1, 2, 3], 3, ["A", "a", "b"])
            .AddScores("Score", Scores[..3], 3, InMemoryView.Names("SlotNames", ["a", "A", "b"])).Build();
        // A and a are each other's place: two quarters, and a half.
        Assert.Equal(5 * Math.Log(2) / 3, _ml.MulticlassClassification.EvaluateCrossEntropy(view).LogLoss, 1e-12);
    }

    [Fact]
    public void Five_thousand_classes_of_which_six_occur()
    {
        double[][] scores = [.. Enumerable.Range(0, 6).Select(i => Enumerable.Range(0, 5000).Select(k => k == i ? 0.5 : 0.5 / 4999).ToArray())];
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1, 2, 3, 4, 5], scores));
        Assert.Equal(Math.Log(2), metrics.LogLoss, 1e-12);
        Assert.Contains(metrics.Warnings, w => w.Contains("4994 of 5000 classes do not occur", StringComparison.Ordinal));
    }

    private static InMemoryView Weighted(double weight) => new InMemoryView.Builder().AddKeys("Label", [1, 2, 3, 2], 3)
        .AddScores("Score", Scores, 3).Add("Weight", NumberDataViewType.Double, Enumerable.Repeat(weight, 4).ToArray()).Build();

    private MulticlassCrossEntropyMetrics Evaluate(IDataView view) =>
        _ml.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions { ExampleWeightColumnName = "Weight" });
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Where ML.NET's own Evaluate misleads: its answer beside ours, on the same data view.</summary>
public sealed class MLNetTrapTests
{
    private const double NaN = double.NaN;
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Scores_that_are_all_NaN_are_not_a_perfect_model()
    {
        var data = Scored([0, 1, 2], [[NaN, NaN, NaN], [NaN, NaN, NaN], [NaN, NaN, NaN]]);
        Assert.Equal(0, MLNet(data).LogLoss);

        var ours = Ours(data);
        Assert.True(double.IsNaN(ours.LogLoss) && double.IsNaN(ours.Accuracy) && double.IsNaN(ours.LogLossReduction));
        Assert.Equal(3, ours.Rows.NonFiniteScore);
        Assert.Equal(0, ours.Rows.Used);
        Assert.Contains(ours.Warnings, w => w.StartsWith("No row could be evaluated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_NaN_row_is_counted_and_told()
    {
        var data = Scored([0, 1], [[0.75, 0.125, 0.125], [NaN, NaN, NaN]]);
        var theirs = MLNet(data);
        Assert.Equal(1, theirs.MicroAccuracy);
        Assert.Equal(double.PositiveInfinity, theirs.LogLossReduction);

        var ours = Ours(data);
        Assert.Equal(-Math.Log(0.75), ours.LogLoss, 1e-15);
        Assert.True(double.IsNaN(ours.LogLossReduction));
        Assert.Equal((1, 1), (ours.Rows.Used, ours.Rows.NonFiniteScore));
        Assert.Contains(ours.Warnings, w => w.StartsWith("1 of 2 rows have invalid scores", StringComparison.Ordinal));
        Assert.Contains(ours.Warnings, w => w.Contains("log-loss reduction is undefined", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_with_a_missing_or_unseen_label_do_not_vanish()
    {
        double[] even = [0.5, 0.25, 0.25];
        var data = Scored([0, -1, 3, 1], [even, even, even, even], keyCount: 4);
        var theirs = MLNet(data);
        Assert.Equal(2, theirs.ConfusionMatrix.Counts.Sum(row => row.Sum()));

        var ours = Ours(data);
        Assert.Equal((4, 2, 1, 1), (ours.Rows.Total, ours.Rows.Used, ours.Rows.MissingLabel, ours.Rows.UnknownClass));
        Assert.Equal((Math.Log(2) + Math.Log(4)) / 2, ours.LogLoss, 1e-15);
        Assert.Contains(ours.Warnings, w => w.Contains("have no label", StringComparison.Ordinal));
        Assert.Contains(ours.Warnings, w => w.Contains("none of the model's classes", StringComparison.Ordinal));
    }

    [Fact]
    public void An_absent_class_is_NaN_not_perfect()
    {
        var data = Scored([0, 1], [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]);
        Assert.Equal(0, MLNet(data).PerClassLogLoss[2]);

        var ours = Ours(data);
        Assert.True(double.IsNaN(ours.Classes[2].LogLoss));
        Assert.Equal(0, ours.Classes[2].Support);
        Assert.Contains(ours.Warnings, w => w.StartsWith("1 of 3 classes do not occur", StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_class_has_no_reduction()
    {
        var data = Scored([1, 1], [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]);
        Assert.Equal(double.PositiveInfinity, MLNet(data).LogLossReduction);

        var ours = Ours(data);
        Assert.True(double.IsNaN(ours.LogLossReduction));
        Assert.Equal(0, ours.LabelEntropy);
        Assert.Contains(ours.Warnings, w => w.Contains("log-loss reduction is undefined", StringComparison.Ordinal));
    }

    [Fact]
    public void Logits_are_not_probabilities()
    {
        var data = Scored([0], [[5, -2, -3]]);
        Assert.Equal(0, MLNet(data).LogLoss);

        var ours = Ours(data);
        Assert.Equal(Math.Log(1 + Math.Exp(-7) + Math.Exp(-8)), ours.LogLoss, 1e-15);
        Assert.Equal("column 'Score' as logits (found out from the first rows)", ours.ScoresUsed);
    }

    [Fact]
    public void Rows_that_do_not_sum_to_one_are_invalid()
    {
        var data = Scored([0, 0, 0], [[0.5, 0.25, 0.25], [0.9, 0.9, 0.9], [0.5, -0.25, 0.75]]);
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.9) + Math.Log(0.5)) / 3, MLNet(data).LogLoss, 1e-6);

        var ours = Ours(data);
        Assert.Equal((1, 1, 1), (ours.Rows.Used, ours.Rows.RowSumNotOne, ours.Rows.OutOfRangeScore));
        Assert.Equal(Math.Log(2), ours.LogLoss, 1e-15);
    }

    [Fact]
    public void No_rows_are_no_evidence()
    {
        var data = Scored([], []);
        Assert.Equal(0, MLNet(data).LogLoss);

        var ours = Ours(data);
        Assert.True(double.IsNaN(ours.LogLoss) && double.IsNaN(ours.LogLossStandardError) && double.IsNaN(ours.Accuracy));
        Assert.Equal(0, ours.Rows.Total);
        Assert.Contains(ours.Warnings, w => w.StartsWith("No row could be evaluated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_probability_that_was_rounded_to_0_is_not_impossible()
    {
        var data = BinaryScored([true, false], [0, 0.5f], [-1, 1]);
        Assert.Equal(double.PositiveInfinity, _ml.BinaryClassification.Evaluate(data).LogLoss);

        var ours = _ml.BinaryClassification.EvaluateCrossEntropy(data);
        Assert.Equal(75 * Math.Log(2), ours.LogLoss, 1e-12);
        Assert.Equal(1, ours.Rows.RoundedToZero);
        Assert.Contains(ours.Warnings, w => w.Contains("at least", StringComparison.Ordinal));
        Assert.Equal((-Math.Log(1e-15) + Math.Log(2)) / 2, ours.ClippedLogLoss, 1e-13);
        Assert.Equal(1, ours.Rows.Clipped);
        Assert.Equal(-Math.Log(1e-15) / (-Math.Log(1e-15) + Math.Log(2)), ours.ClippedLossShare, 1e-13);
    }

    [Fact]
    public void A_NaN_probability_is_counted_instead_of_spoiling_the_mean()
    {
        var data = BinaryScored([true, false, true], [float.NaN, 0.5f, 0.5f], [-1, 1, 1]);
        Assert.True(double.IsNaN(_ml.BinaryClassification.Evaluate(data).LogLoss));

        var ours = _ml.BinaryClassification.EvaluateCrossEntropy(data);
        Assert.Equal(Math.Log(2), ours.LogLoss, 1e-15);
        Assert.Equal((2, 1), (ours.Rows.Used, ours.Rows.NonFiniteScore));
    }

    [Fact]
    public void Binary_data_of_one_class_throws_nothing()
    {
        var data = BinaryScored([true, true], [0.5f, 0.25f], [0, -1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.BinaryClassification.Evaluate(data));

        var ours = _ml.BinaryClassification.EvaluateCrossEntropy(data);
        Assert.Equal((Math.Log(2) + Math.Log(4)) / 2, ours.LogLoss, 1e-15);
        Assert.True(double.IsNaN(ours.Classes[0].LogLoss) && double.IsNaN(ours.LogLossReduction));
    }

    [Fact]
    public void ML_NET_gives_binary_log_loss_in_bits_we_give_both_units()
    {
        var data = BinaryScored([true, false], [0.25f, 0.75f], [-1, 1]);
        Assert.Equal(2, _ml.BinaryClassification.Evaluate(data).LogLoss, 1e-12);

        var ours = _ml.BinaryClassification.EvaluateCrossEntropy(data);
        Assert.Equal(Math.Log(4), ours.LogLoss, 1e-15);
        Assert.Equal(2, ours.LogLossBits, 1e-15);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void ML_NET_bounds_the_loss_of_a_score_but_not_its_slope_ours_are_those_of_each_other(double score)
    {
        LogLoss theirs = new();
        Assert.Equal(-Math.Log(1e-8), theirs.Loss((float)score, label: 0), 1e-6);
        Assert.Equal(1, theirs.Derivative((float)score, label: 0), 1e-6);

        (var loss, var slope) = new SigmoidCrossEntropyLoss().Of([score], RowTarget.Class(0));
        Assert.Equal(score, loss, 1e-8);
        Assert.Equal(1, slope[0], 1e-8);
    }

    private static InMemoryView Scored(double[] labels, double[][] scores, int keyCount = 3) =>
        new InMemoryView.Builder()
            .AddKeys("Label", labels.Select(y => (uint)(y + 1)), keyCount)
            .AddScores("Score", scores, 3)
            .AddKeys("PredictedLabel", scores.Select(s => (uint)Array.IndexOf(s, s.Max()) + 1), 3)
            .Build();

    private static InMemoryView BinaryScored(bool[] labels, float[] probabilities, float[] scores) =>
        new InMemoryView.Builder()
            .Add("Label", BooleanDataViewType.Instance, labels)
            .Add("Score", NumberDataViewType.Single, scores)
            .Add("Probability", NumberDataViewType.Single, probabilities)
            .Add("PredictedLabel", BooleanDataViewType.Instance, probabilities.Select(p => p > 0.5f))
            .Build();

    private MulticlassClassificationMetrics MLNet(IDataView data) => _ml.MulticlassClassification.Evaluate(data);

    private MulticlassCrossEntropyMetrics Ours(IDataView data) => _ml.MulticlassClassification.EvaluateCrossEntropy(data);
}

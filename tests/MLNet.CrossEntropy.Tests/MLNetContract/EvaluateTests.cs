using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>What ML.NET's own evaluation answers where our pages say that it is wrong or unclear: should it change, they must.</summary>
public class EvaluateTests
{
    private static readonly double[][] Scores =
    [
        [0.1328125, 0.82421875, 0.04296875],
        [0.44921875, 0.015625, 0.53515625],
        [0.20703125, 0.1328125, 0.66015625],
        [0.25390625, 0.296875, 0.44921875],
        [0.23828125, 0.1796875, 0.58203125],
        [0.10546875, 0.05859375, 0.8359375],
    ];

    /// <summary>Keys of the true classes, 1 the first.</summary>
    private static readonly uint[] Labels = [1, 2, 3, 3, 2, 2];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Of_sound_rows_the_log_loss_is_right_and_in_nats()
    {
        var metrics = Evaluate(Labels, Scores);
        Assert.Equal(-Scores.Select((row, i) => Math.Log(row[Labels[i] - 1])).Average(), metrics.LogLoss, 1e-12);
        Assert.Equal(6, RowsOf(metrics));
    }

    [Fact]
    public void Without_a_usable_row_the_log_loss_is_0()
    {
        double[] broken = [double.NaN, double.NaN, double.NaN];
        MulticlassClassificationMetrics[] answers =
            [Evaluate(Labels, [.. Labels.Select(_ => broken)]), Evaluate([0, 0, 0], Scores[..3]), Evaluate((uint[])[], [])];
        foreach (var metrics in answers)
        {
            Assert.Equal(0, metrics.LogLoss);
            Assert.Equal(double.NaN, metrics.LogLossReduction);
            Assert.Equal(0, RowsOf(metrics));
        }
    }

    [Fact]
    public void A_row_with_a_NaN_score_vanishes()
    {
        var metrics = Evaluate(Labels, [Scores[0], [double.NaN, 0.015625, 0.53515625], .. Scores[2..]]);
        Assert.Equal(1.5576008513808044, metrics.LogLoss, 1e-12);
        Assert.Equal(5, RowsOf(metrics));
    }

    [Fact]
    public void A_row_with_a_missing_label_vanishes()
    {
        var metrics = Evaluate([0, .. Labels[1..]], Scores);
        Assert.Equal(1.9856140840800585, metrics.LogLoss, 1e-12);
        Assert.Equal(5, RowsOf(metrics));
    }

    [Fact]
    public void A_label_beyond_the_scores_costs_the_clipped_loss()
    {
        var metrics = Evaluate([1, 2, 4, 3, 2, 2], Scores, keys: 4);
        Assert.Equal(7.678397500331733, metrics.LogLoss, 1e-12);
        Assert.Equal(-Math.Log(1e-15f), Evaluate([2], [[1, 0, 0]]).LogLoss, 1e-12);
    }

    [Fact]
    public void A_class_without_rows_has_a_log_loss_of_0()
        => Assert.Equal(0, Evaluate([1, 2, 1, 1, 2, 2], Scores).PerClassLogLoss[2]);

    [Fact]
    public void Rows_of_one_class_have_an_infinite_reduction_or_none()
    {
        Assert.Equal(double.PositiveInfinity, Evaluate([1, 1, 1, 1, 1, 1], Scores).LogLossReduction);
        Assert.Equal(double.NaN, Evaluate([1, 1], [[1, 0, 0], [1, 0, 0]]).LogLossReduction);
    }

    [Fact]
    public void Logits_are_taken_for_probabilities()
    {
        Assert.Equal(0, Evaluate([1], [[5, -2, -3]]).LogLoss);
        Assert.Equal(-Math.Log(1e-15f), Evaluate([1, 2], [[-2.5, -1.5, -7], [-4, -4.5, -1.25]]).LogLoss, 1e-12);
    }

    [Fact]
    public void Scores_need_not_sum_to_1()
    {
        var quarters = Evaluate(Labels, [.. Scores.Select(row => row.Select(score => score / 4).ToArray())]);
        Assert.Equal(Evaluate(Labels, Scores).LogLoss + Math.Log(4), quarters.LogLoss, 1e-12);
    }

    [Fact]
    public void More_top_k_than_classes_end_in_an_index_out_of_range()
        => Assert.Throws<IndexOutOfRangeException>(
            () => _ml.MulticlassClassification.Evaluate(Table(Labels, Scores, 3), topKPredictionCount: 10));

    [Fact]
    public void The_binary_log_loss_is_in_bits()
    {
        var metrics = Evaluate([0.5, 0.5, 0.5, 0.5], false, true, true, false);
        Assert.Equal((1, 1), (metrics.LogLoss, metrics.Entropy));
    }

    [Fact]
    public void A_binary_log_loss_is_infinite_NaN_or_negative_without_a_word()
    {
        Assert.Equal(double.PositiveInfinity, Evaluate([1, 0, 0.5], false, true, true).LogLoss);
        Assert.Equal(double.NaN, Evaluate([double.NaN, 0.25, 0.5], false, true, true).LogLoss);
        Assert.Equal(-0.05664166714743746, Evaluate([1.5, -0.5, 0.5], true, false, true).LogLoss, 1e-12);
    }

    [Fact]
    public void Binary_rows_of_one_class_or_none_are_an_error_about_the_AUC()
    {
        var positive = Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate([0.5, 0.5], true, true));
        Assert.Equal("AUC is not defined when there is no negative class in the data (Parameter 'NegSample')", positive.Message);
        var none = Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate([]));
        Assert.Equal("AUC is not defined when there is no positive class in the data (Parameter 'PosSample')", none.Message);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void The_loss_class_is_clamped_and_its_derivative_is_not(float score)
    {
        Assert.Equal(18.420680743952367, new LogLoss().Loss(score, 0), 1e-12);
        Assert.Equal(1, new LogLoss().Derivative(score, 0));
    }

    private static double RowsOf(MulticlassClassificationMetrics metrics) => metrics.ConfusionMatrix.Counts.Sum(row => row.Sum());

    private MulticlassClassificationMetrics Evaluate(uint[] labels, double[][] scores, int keys = 3)
        => _ml.MulticlassClassification.Evaluate(Table(labels, scores, keys));

    private static InMemoryView Table(uint[] labels, double[][] scores, int keys) => new InMemoryView.Builder()
        .AddKeys("Label", labels, keys)
        .AddScores("Score", scores, 3)
        .AddKeys("PredictedLabel", labels, 3)
        .Build();

    private CalibratedBinaryClassificationMetrics Evaluate(double[] probabilities, params bool[] labels)
        => _ml.BinaryClassification.Evaluate(new InMemoryView.Builder()
            .Add("Label", BooleanDataViewType.Instance, labels)
            .AddNumbers("Score", probabilities.Select(p => double.IsNaN(p) ? 0 : p - 0.5))
            .AddNumbers("Probability", probabilities)
            .Add("PredictedLabel", BooleanDataViewType.Instance, probabilities.Select(p => p > 0.5))
            .Build());
}

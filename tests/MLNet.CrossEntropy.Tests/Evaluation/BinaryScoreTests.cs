using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Which of score and probability the binary log-loss is computed from.</summary>
public sealed class BinaryScoreTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_score_that_is_the_logit_of_the_probability_makes_clipping_needless()
    {
        // In float, sigmoid(100) is 1 and sigmoid(-100) is 3.8e-44: the losses of 100 are lost in the probabilities.
        double[] scores = [100, -100, 0.5, -30];
        var data = ScoredData.Binary([0, 1, 1, 0], [.. scores.Select(z => 1 / (1 + Math.Exp(-z)))], scores);
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(data);

        Assert.Equal((200 + Math.Log(1 + Math.Exp(-0.5)) + Math.Exp(-30)) / 4, metrics.LogLoss, 1e-13);
        Assert.Equal(0, metrics.Rows.Clipped);
        Assert.Equal("column 'Score' as logit (column 'Probability' is its sigmoid in every row)", metrics.ScoresUsed);
    }

    [Fact]
    public void Another_calibration_is_judged_by_its_probability()
    {
        var data = ScoredData.Binary([1, 0], [0.5, 0.25], [0, 3]);
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(data);

        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.75)) / 2, metrics.LogLoss, 1e-15);
        Assert.Equal("column 'Probability' (row 1: score 3 is not the logit of probability 0.25)", metrics.ScoresUsed);
    }

    [Fact]
    public void A_score_alone_is_a_logit()
    {
        var data = ScoredData.Binary([1, 0], null, [2, 3]);
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(data, probabilityColumnName: null);
        Assert.Equal((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(3))) / 2, metrics.LogLoss, 1e-15);
        Assert.Equal(0.5, metrics.Accuracy);
    }

    [Fact]
    public void A_key_of_two_values_names_the_classes()
    {
        var data = new InMemoryView.Builder()
            .AddKeys("Label", [1, 2, 0], 2, ["cat", "dog"])
            .AddNumbers("Probability", [0.25, 0.75, 0.5])
            .Build();
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(data, scoreColumnName: null);
        Assert.Equal(["cat", "dog"], metrics.Classes.Select(c => c.Name));
        Assert.Equal((1, 1, 1), (metrics.Classes[0].Support, metrics.Classes[1].Support, metrics.Rows.MissingLabel));
        Assert.Equal(1, metrics.Accuracy);
    }

    [Fact]
    public void Probabilities_outside_0_to_1_and_labels_outside_0_and_1_are_counted()
    {
        var data = ScoredData.Binary([1, 1, 0, -1, double.NaN], [1.5, -0.5, 0.25, 0.5, 0.5]);
        var rows = _ml.BinaryClassification.EvaluateCrossEntropy(data, scoreColumnName: null).Rows;
        Assert.Equal((1, 2, 1, 1), (rows.Used, rows.OutOfRangeScore, rows.UnknownClass, rows.MissingLabel));
    }

    [Fact]
    public void A_share_between_0_and_1_is_a_soft_label()
    {
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(ScoredData.Binary([0.25, 1], [0.5, 0.75]), scoreColumnName: null);
        var entropy = -0.25 * Math.Log(0.25) - 0.75 * Math.Log(0.75);
        Assert.Equal((Math.Log(2) - Math.Log(0.75)) / 2, metrics.LogLoss, 1e-15);
        Assert.Equal(entropy / 2, metrics.IrreducibleLogLoss, 1e-15);
        Assert.Equal((0.75 + 1) / 2, metrics.Accuracy, 1e-15);
        Assert.Equal((0.0625 + 0.0625) / 2, metrics.BrierScore, 1e-15);
        Assert.Equal((1, 2), (metrics.Classes[0].Support, metrics.Classes[1].Support));
        Assert.Equal(-(0.25 * Math.Log(0.5) + Math.Log(0.75)) / 1.25, metrics.Classes[1].LogLoss, 1e-15);
    }

    [Fact]
    public void Scores_of_another_kind_are_refused_with_the_way_out()
    {
        var softmax = ScoredData.Multiclass([0, 1], [[0.75, 0.25], [0.5, 0.5]]);
        Assert.Contains("MulticlassClassification.EvaluateCrossEntropy", Assert.Throws<ArgumentException>(
            () => _ml.BinaryClassification.EvaluateCrossEntropy(softmax)).Message, StringComparison.Ordinal);
        var bare = ScoredData.Binary([1, 0], null, [2, 3]);
        Assert.Contains("set ProbabilityColumnName to null (probabilityColumnName: null)", Assert.Throws<ArgumentException>(
            () => _ml.BinaryClassification.EvaluateCrossEntropy(bare)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_not_tolerated_is_named()
    {
        var data = ScoredData.Binary([1, 0.5, 7], [0.5, 0.5, 0.5]);
        var error = Assert.Throws<InvalidOperationException>(() => _ml.BinaryClassification.EvaluateCrossEntropy(
            data, new BinaryEvaluationOptions { ScoreColumnName = null, UnknownClass = BadRowPolicy.Throw }));
        Assert.StartsWith(
            "Row 2 has a label that is none of the model's classes ('7'; the classes are '0', '1').", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Naming_no_column_is_an_error()
    {
        var data = ScoredData.Binary([1], [0.5]);
        Assert.Contains("at least one of the two", Assert.Throws<ArgumentException>(
            () => _ml.BinaryClassification.EvaluateCrossEntropy(data, scoreColumnName: null, probabilityColumnName: null)).Message,
                StringComparison.Ordinal);
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Trained models, binary and multi-label ones, and cross-validations.</summary>
public sealed class CompareModelsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Trained_multiclass_models()
    {
        (IDataView train, IDataView test) = (Draw(400, seed: 1), Draw(300, seed: 2));
        var good = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 0.0025f).Fit(train);
        var poor = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 10).Fit(train);
        var actual = _ml.MulticlassClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["poor"] = poor.Transform(test), ["good"] = good.Transform(test) },
                new() { IdColumnName = "Id", ListedRows = 3 });

        Assert.Equal(ComparisonVerdict.FirstBetter, actual.Pairs[0].Verdict);
        Assert.StartsWith("good is better than poor by 0.", actual.Pairs[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(_ml.MulticlassClassification.EvaluateCrossEntropy(good.Transform(test)).LogLoss, actual.Models[1].LogLoss, 1e-12);
        Assert.Equal(["poor", "good"], actual.Models.Select(m => m.Name));
        Assert.All(actual.Pairs[0].RowsForFirst, r => Assert.Equal($"row {r.Row}", r.Id));
        Assert.True(actual.Pairs[0].BootstrapInterval!.Value.Upper < 0);
    }

    [Fact]
    public void Binary_models_by_their_logits_and_by_probabilities()
    {
        (IDataView train, IDataView test) = (Draw(400, seed: 1), Draw(300, seed: 2));
        var good = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("Flag").Fit(train);
        var poor = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("Flag", l2Regularization: 10).Fit(train);
        var actual = _ml.BinaryClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["good"] = good.Transform(test), ["poor"] = poor.Transform(test) },
                evaluation: new() { LabelColumnName = "Flag" });
        Assert.Equal(ComparisonVerdict.SecondBetter, actual.Pairs[0].Verdict);
        Assert.Equal("column 'Score' as logit (column 'Probability' is its sigmoid in every row)", actual.Models[0].ScoresUsed);
        Assert.Equal(_ml.BinaryClassification.EvaluateCrossEntropy(good.Transform(test), "Flag").LogLoss, actual.Models[0].LogLoss, 1e-12);

        // The same probabilities twice; floats lose what logits keep.
        var both = good.Transform(test);
        var byColumn = _ml.BinaryClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["one"] = both, ["two"] = both },
                evaluation: new() { LabelColumnName = "Flag", ScoreColumnName = null });
        Assert.Equal(ComparisonVerdict.Equal, byColumn.Pairs[0].Verdict);
        Assert.Equal("column 'Probability' (no score column was named)", byColumn.Models[0].ScoresUsed);
        Assert.Equal(actual.Models[0].LogLoss, byColumn.Models[0].LogLoss, 1e-6);
    }

    [Fact]
    public void A_score_that_is_no_logit_gives_way_to_the_probability()
    {
        // Row 1,500 lies in the second block of rows.
        const int Rows = 2000;
        double[] labels = [.. Enumerable.Range(0, Rows).Select(i => i % 2.0)];
        double[] scores = [.. labels.Select((y, i) => i % 3 - 1.0)];
        double[] probabilities = [.. scores.Select((z, i) => i == 1500 ? 0.75 : 1 / (1 + Math.Exp(-z)))];
        var calibrated = ScoredData.Binary(labels, probabilities, [.. scores.Select((z, i) => i == 1500 ? 5 : z)]);
        var actual = _ml.BinaryClassification.CompareCrossEntropy(
            new Dictionary<string,
                IDataView>
            { ["one"] = calibrated, ["two"] = ScoredData.Binary(labels, probabilities, [.. scores.Select(_ => 9.0)]) },
            new() { BootstrapResamples = 0 });
        Assert.StartsWith(
            "column 'Probability' (row 1500: score 5 is not the logit", actual.Models[0].ScoresUsed, StringComparison.Ordinal);
        Assert.StartsWith("column 'Probability' (row 0: score 9 is not", actual.Models[1].ScoresUsed, StringComparison.Ordinal);
        Assert.Equal(0, actual.Pairs[0].MeanDifference, 1e-7);
    }

    [Fact]
    public void Multi_label_models_by_their_mean_over_labels()
    {
        double[][] labels = [[1, 0], [0, 1], [1, 1]];
        var one = MultiLabel(labels, [[0.5, 0.25], [0.25, 0.5], [0.75, 0.5]], ["sun", "rain"]);
        var two = MultiLabel([.. labels.Select(y => new[] { y[1], y[0] })], [[0.5, 0.5], [0.25, 0.5], [0.5, 0.5]], ["rain", "sun"]);
        var actual = _ml.MulticlassClassification.CompareMultiLabelCrossEntropy(
            new Dictionary<string, IDataView> { ["one"] = one, ["two"] = two }, new() { Baseline = "two", BootstrapResamples = 0 });
        Assert.Equal(_ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(one).LogLoss, actual.Models[0].LogLoss, 1e-14);
        Assert.Equal(1 - _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(one).HammingLoss, actual.Models[0].Accuracy, 1e-14);
        // Row 0: ln 0.75 against ln 0.5; row 1: sun 0.75 and rain 0.5 against 0.5 and 0.25; row 2: 0.75 against 0.5.
        Assert.Equal(-(Math.Log(1.5) + Math.Log(3) + Math.Log(1.5)) / 6, actual.Pairs[0].MeanDifference, 1e-14);
    }

    [Fact]
    public void Cross_validations_fold_by_fold()
    {
        IDataView data = Draw(300, seed: 3);
        var good =
            _ml.MulticlassClassification.CrossValidate(
            data, _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(), numberOfFolds: 4, seed: 5);
        var poor =
            _ml.MulticlassClassification.CrossValidate(
            data, _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 10), numberOfFolds: 4, seed: 5);
        var actual = _ml.MulticlassClassification.CompareCrossValidation(Results(good, poor), new() { Baseline = "poor" });

        Assert.Equal(4, actual.Pairs[0].Folds);
        Assert.Equal(
            _ml.MulticlassClassification.EvaluateCrossEntropy(good[2].ScoredHoldOutSet).LogLoss, actual.Models[0].FoldLogLosses[2], 1e-12);
        Assert.Equal(ComparisonVerdict.FirstBetter, actual.Pairs[0].Verdict);
        Assert.Equal(300, actual.Rows.Used);
        // Folds weigh as much as their rows; of equal ones it would be the formula of the paper.
        var plain = CrossEntropyComparison.OfFolds(actual.Models.ToDictionary(m => m.Name, m => m.FoldLogLosses), new() { Baseline = "poor" });
        Assert.Equal(plain.Pairs[0].ClippedMeanDifference, actual.Pairs[0].ClippedMeanDifference, 0.02);
        Assert.Equal(1, plain.Pairs[0].StandardError / actual.Pairs[0].StandardError, 0.2);

        var other =
            _ml.MulticlassClassification.CrossValidate(
            data, _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(), numberOfFolds: 4, seed: 6);
        var error =
            Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.CompareCrossValidation(Results(good, other)));
        Assert.Contains("same rows", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "'good' has 4 folds and 'poor' has 3",
            Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.CompareCrossValidation(Results(good, [.. poor.Take(3)]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_cross_validations()
    {
        IDataView data = Draw(300, seed: 3);
        var good =
            _ml.BinaryClassification.CrossValidate(
            data, _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("Flag"), numberOfFolds: 3, labelColumnName: "Flag", seed: 5);
        var poor =
            _ml.BinaryClassification.CrossValidate(
            data, _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("Flag", l2Regularization: 10), numberOfFolds: 3,
            labelColumnName: "Flag", seed: 5);
        var actual = _ml.BinaryClassification.CompareCrossValidation(
            Results(good, poor), new() { Baseline = "poor" }, new() { LabelColumnName = "Flag" });
        Assert.Equal(
            _ml.BinaryClassification.EvaluateCrossEntropy(poor[1].ScoredHoldOutSet, "Flag").LogLoss, actual.Models[1].FoldLogLosses[1], 1e-12);
        Assert.Equal(ComparisonVerdict.FirstBetter, actual.Pairs[0].Verdict);
    }

    private static Dictionary<string, IReadOnlyList<TrainCatalogBase.CrossValidationResult<T>>> Results<T>(
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<T>> good, IReadOnlyList<TrainCatalogBase.CrossValidationResult<T>> poor)
        where T : class =>
        new() { ["good"] = good, ["poor"] = poor };

    private static InMemoryView MultiLabel(double[][] labels, double[][] scores, string[] names) => new InMemoryView.Builder()
        .AddScores("Label", labels, names.Length, InMemoryView.Names("SlotNames", names))
        .AddScores("Score", scores, names.Length, InMemoryView.Names("SlotNames", names))
        .Build();

    /// <summary>Rows of three classes told by two noisy features.</summary>
    private static InMemoryView Draw(int count, int seed)
    {
        Random random = new(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(3))];
        return new InMemoryView.Builder()
            .AddKeys("Label", labels.Select(y => (uint)y + 1), 3)
            .Add("Flag", BooleanDataViewType.Instance, labels.Select(y => y == 0))
            .AddScores("Features", [.. labels.Select(y => new[] { y + 2 * random.NextDouble(), random.NextDouble() - y })], 2)
            .AddText("Id", labels.Select((_, i) => $"row {i}"))
            .Build();
    }
}

using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

public sealed class EvaluationOptionsTests
{
    private static readonly double[][] Scores = [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.125, 0.625]];
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_that_is_negative_or_not_finite_is_an_error(double weight)
    {
        var data = ScoredData.Multiclass([0, 1, 2], Scores, [1, weight, 1]);
        var error = Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.EvaluateCrossEntropy(data, exampleWeightColumnName: "Weight"));
        Assert.Contains(
            FormattableString.Invariant(
            $"The example weight of row 1 (counted from 0) in column 'Weight' is {weight}; weights must be finite and at least 0."),
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_zero_weight_is_left_out_whatever_it_holds()
    {
        var data = ScoredData.Multiclass([0, -1, 2], [Scores[0], [double.NaN, 0, 0], Scores[2]], [1, 0, 1]);
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(data, exampleWeightColumnName: "Weight");
        Assert.Equal((2, 1, 0), (metrics.Rows.Used, metrics.Rows.ZeroWeight, metrics.Rows.MissingLabel));
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.625)) / 2, metrics.LogLoss, 1e-15);
        Assert.Equal(2, metrics.EffectiveRows);
    }

    [Fact]
    public void Policies_can_stop_at_the_first_bad_row()
    {
        var data = ScoredData.Multiclass([0, -1, 3], Scores, keyCount: 4);
        AssertStops("Row 1 has no label", data, new() { MissingLabel = BadRowPolicy.Throw });
        AssertStops("Row 2 has a label that is none of the model's classes", data, new() { UnknownClass = BadRowPolicy.Throw });
        var invalid = ScoredData.Multiclass([0, 1, 2], [Scores[0], Scores[1], [0.5, 0.75, 0.25]]);
        AssertStops("Row 2 has probabilities that do not sum to 1 (0.5, 0.75, 0.25)", invalid, new() { InvalidScore = BadRowPolicy.Throw });
    }

    [Theory]
    [InlineData(nameof(EvaluationOptions.ProbabilityFloor), 0)]
    [InlineData(nameof(EvaluationOptions.ProbabilityFloor), double.NaN)]
    [InlineData(nameof(EvaluationOptions.ConfidenceLevel), 1)]
    [InlineData(nameof(MulticlassEvaluationOptions.RowSumTolerance), -0.1)]
    public void Options_that_make_no_sense_are_refused(string name, double value)
    {
        MulticlassEvaluationOptions options = new();
        typeof(MulticlassEvaluationOptions).GetProperty(name)!.SetValue(options, value);
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1, 2], Scores), options));
        Assert.Equal(name, error.ParamName);
    }

    [Fact]
    public void Bad_rows_can_count_as_mistakes()
    {
        var data = ScoredData.Multiclass([0, 3, 2], [Scores[0], Scores[1], [double.NaN, 0, 0]], keyCount: 4);
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(data, new MulticlassEvaluationOptions
        {
            UnknownClass = BadRowPolicy.CountAsMistake,
            InvalidScore = BadRowPolicy.CountAsMistake,
        });
        Assert.Equal((3, 1, 2), (metrics.Rows.Total, metrics.Rows.Used, metrics.Rows.CountedAsMistake));
        Assert.Equal(double.PositiveInfinity, metrics.LogLoss);
        Assert.Equal((Math.Log(2) - 2 * Math.Log(1e-15)) / 3, metrics.ClippedLogLoss, 1e-13);
        Assert.Equal(1 / 3.0, metrics.Accuracy, 1e-15);
        Assert.Equal(double.PositiveInfinity, metrics.Classes[2].LogLoss);

        var error = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.EvaluateCrossEntropy(
            data, new MulticlassEvaluationOptions { MissingLabel = BadRowPolicy.CountAsMistake }));
        Assert.Contains("a row without a label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_of_the_reduction_is_what_was_asked_for()
    {
        var logLoss = -(Math.Log(0.5) + Math.Log(0.75) + Math.Log(0.625)) / 3;
        Assert.Equal(1 - logLoss / Math.Log(3), Evaluate(ReferencePrior.TestSet).LogLossReduction, 1e-15);
        Assert.Equal(1 - logLoss / Math.Log(3), Evaluate(ReferencePrior.Uniform).LogLossReduction, 1e-15);
        Assert.Equal(1 - logLoss / 2, Evaluate(ReferencePrior.FromLogLoss("last year's model", 2)).LogLossReduction, 1e-15);

        Dictionary<string, double> train = new() { ["0"] = 0.5, ["1"] = 0.25, ["2"] = 0.25 };
        var metrics = Evaluate(ReferencePrior.FromClassProbabilities("train set", train));
        Assert.Equal(Math.Log(2) * 5 / 3, metrics.ReferenceLogLoss, 1e-15);
        Assert.Equal("train set", metrics.ReferenceName);

        train["1"] = 0.5;
        Assert.Contains("sum to 1.25", Assert.Throws<ArgumentException>(
            () => ReferencePrior.FromClassProbabilities("train set", train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prior_is_measured_on_the_weights_of_the_rows()
    {
        var data = new InMemoryView.Builder().AddNumbers("Label", [0, 1, 2]).AddScores("Score", Scores, 3)
            .AddNumbers("Weight", [1, 3, 4]).Build();
        double Reference(ReferencePrior prior) => _ml.MulticlassClassification.EvaluateCrossEntropy(
            data, new MulticlassEvaluationOptions { Prior = prior, ExampleWeightColumnName = "Weight" }).ReferenceLogLoss;

        Dictionary<string, double> train = new() { ["0"] = 0.5, ["1"] = 0.25, ["2"] = 0.25 };
        Assert.Equal(Math.Log(2) * (1 + 2 * 7) / 8, Reference(ReferencePrior.FromClassProbabilities("train set", train)), 1e-15);
        Assert.Equal(
            -(Math.Log(1 / 8.0) + 3 * Math.Log(3 / 8.0) + 4 * Math.Log(0.5)) / 8, Reference(ReferencePrior.TestSet), 1e-15);
    }

    [Theory]
    [InlineData("Key")]
    [InlineData("Text")]
    [InlineData("Number")]
    [InlineData("BareKey")]
    public void The_training_set_prior_counts_labels_by_name(string labelColumnName)
    {
        var train = new InMemoryView.Builder()
            .AddKeys("Key", [3, 1, 1, 2, 0], 3, ["1", "0", "2"])
            .AddText("Text", ["2", "1", "1", "0", ""])
            .AddNumbers("Number", [2, 1, 1, 0, double.NaN])
            .AddKeys("BareKey", [3, 2, 2, 1, 0], 3)
            .AddNumbers("Weight", [1, 1, 1, 5, 7])
            .Build();
        // Shares 1/4, 1/2, 1/4 of classes 0, 1, 2, which the test set holds a third each of; weighted 5/8, 2/8, 1/8.
        Assert.Equal(Math.Log(2) * 5 / 3, Evaluate(ReferencePrior.TrainSet(train, labelColumnName)).ReferenceLogLoss, 1e-15);
        Assert.Equal(
            (3 * Math.Log(8) - Math.Log(10)) / 3, Evaluate(ReferencePrior.TrainSet(train, labelColumnName, "Weight")).ReferenceLogLoss,
            1e-15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public void One_class_or_ten_thousand(int classes)
    {
        double[] logits = [.. Enumerable.Range(0, classes).Select(k => k % 2 == 0 ? -10_000.0 : 10_000)];
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0], [logits]));
        Assert.Equal(classes == 1 ? 0 : 20_000 + Math.Log(classes / 2), metrics.LogLoss, 1e-9);
        Assert.Equal(classes, metrics.Classes.Count);
        Assert.Equal(classes == 1, metrics.ConfusionMatrix is not null);
        Assert.NotEmpty(metrics.ToString());
    }

    [Fact]
    public void Warnings_reach_the_log()
    {
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        _ = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, -1, 2], Scores));
        Assert.Contains(log, m => m.Contains("1 of 3 rows have no label", StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_shows_the_figures_and_the_warnings()
    {
        var table = _ml.MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass([0, 1, -1], Scores)).ToString();
        Assert.Contains("log-loss          0.490415 nats, 0.707519 bits\n", table, StringComparison.Ordinal);
        Assert.Contains("accuracy          1.0000\n", table, StringComparison.Ordinal);
        Assert.Contains("rows              3 rows: 2 used (0 clipped), 1 missing label", table, StringComparison.Ordinal);
        Assert.Contains(
            "\nclass   support   log-loss (nats)   std. error  precision     recall         F1    ROC-AUC\n0             1          " +
            "0.693147          NaN     1.0000     1.0000     1.0000     1.0000\n", table, StringComparison.Ordinal);
        Assert.Contains("warning           1 of 3 rows have no label", table, StringComparison.Ordinal);
    }

    private static MulticlassCrossEntropyMetrics Evaluate(ReferencePrior prior) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([0, 1, 2], Scores), new MulticlassEvaluationOptions { Prior = prior });

    private void AssertStops(string part, IDataView data, MulticlassEvaluationOptions options)
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.EvaluateCrossEntropy(data, options));
        Assert.StartsWith(part, error.Message, StringComparison.Ordinal);
    }
}

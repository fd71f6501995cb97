using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>What must hold for any scored data.</summary>
public sealed class EvaluationPropertyTests
{
    private const int Classes = 4;
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(60);

    private static Arbitrary<Sample[]> Samples => ArbMap.Default.GeneratorFor<int>().Select(seed => Draw(seed)).ToArbitrary();

    [Fact]
    public void The_order_of_rows_does_not_matter() => Holds(rows =>
    {
        Sample[] shuffled = [.. rows];
        new Random(rows.Length).Shuffle(shuffled);
        AssertEqual(Evaluate(rows), Evaluate(shuffled), standardErrors: true);
    });

    [Fact]
    public void A_row_of_weight_2_is_the_row_twice() => Holds(rows =>
    {
        Sample[] twice = [.. rows.SelectMany(r => r.Weight == 2 ? new[] { r with { Weight = 1 }, r with { Weight = 1 } } : [r])];
        AssertEqual(Evaluate(rows), Evaluate(twice), standardErrors: false);
    });

    [Fact]
    public void The_scale_of_the_weights_does_not_matter() => Holds(rows =>
        AssertEqual(Evaluate(rows), Evaluate([.. rows.Select(r => r with { Weight = 4 * r.Weight })]), standardErrors: true));

    [Fact]
    public void Every_row_is_accounted_for() => Holds(rows =>
    {
        var metrics = Evaluate(rows);
        Assert.Equal(rows.Length, metrics.Rows.Total);
        Assert.Equal(metrics.Rows.Used, metrics.Classes.Sum(c => c.Support));
        var mean = metrics.Classes.Where(c => c.Support > 0).Sum(c => c.WeightedSupport * c.LogLoss) / metrics.WeightSum;
        Assert.Equal(mean, metrics.LogLoss, 1e-12);
    });

    [Fact]
    public void Decompositions_sum_to_their_scores() => Holds(rows =>
    {
        var metrics = Evaluate(rows);
        Assert.Equal(metrics.BrierScore, metrics.BrierDecomposition!.Value.Score, 1e-12);
        foreach (var split in metrics.Classes.SelectMany(c => new[] { c.BrierDecomposition, c.LogLossDecomposition }))
        {
            Assert.Equal(split!.Value.Score, split.Value.Miscalibration - split.Value.Discrimination + split.Value.Uncertainty, 1e-12);
        }
    });

    [Fact]
    public void The_log_loss_splits_into_parts_of_the_classes() => Holds(rows =>
    {
        var metrics = Evaluate(rows);
        var split = metrics.LogLossDecomposition!.Value;
        Assert.Equal(metrics.LogLoss, split.Score, 1e-12);
        Assert.Equal(metrics.LabelEntropy, split.Uncertainty, 1e-12);
        Assert.Equal(split.Score, split.Miscalibration - split.Discrimination + split.Uncertainty, 1e-12);
        Assert.True(metrics.HasExactDistributions);
    });

    [Fact]
    public void Two_classes_split_like_a_binary_model() => Holds(rows =>
    {
        double[] labels = [.. rows.Select(r => r.Label % 2.0)],
            positive = [.. rows.Select(r => Math.Floor(64 * r.Probabilities[0]) / 64 + 1 / 128.0)];
        double[] weights = [.. rows.Select(r => r.Weight)];
        MLContext ml = new(1);
        var multiclass = ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(labels, [.. positive.Select(p => new[] { 1 - p, p })], weights),
                exampleWeightColumnName: "Weight").LogLossDecomposition!.Value;
        var binary = ml.BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary(labels, positive, weights: weights), scoreColumnName: null,
                exampleWeightColumnName: "Weight").LogLossDecomposition!.Value;
        Assert.Equal(binary.Score, multiclass.Score, 1e-12);
        Assert.Equal(binary.Miscalibration, multiclass.Miscalibration, 1e-12);
        Assert.Equal(binary.Discrimination, multiclass.Discrimination, 1e-12);
        Assert.Equal(binary.Uncertainty, multiclass.Uncertainty, 1e-12);
    });

    [Fact]
    public void Another_model_can_be_the_reference() => Holds(rows =>
    {
        var other = Evaluate([.. rows.AsEnumerable().Reverse().Zip(rows, (o, r) => r with { Probabilities = o.Probabilities })]);
        MLContext ml = new(1);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([.. rows.Select(r => (double)r.Label)], [.. rows.Select(r => r.Probabilities)]),
            new MulticlassEvaluationOptions { Prior = ReferencePrior.OtherModel("reversed", other) });
        Assert.Equal("reversed", metrics.ReferenceName);
        Assert.Equal(1 - metrics.LogLoss / other.LogLoss, metrics.LogLossReduction, 1e-12);
    });

    [Fact]
    public void One_hot_soft_labels_are_hard_labels() => Holds(rows =>
    {
        double[][] targets = [.. rows.Select(r => Enumerable.Range(0, Classes).Select(k => k == r.Label ? 1.0 : 0).ToArray())];
        var soft = EvaluateSoft(rows, targets);
        AssertEqual(Evaluate(rows), soft, standardErrors: true);
        Assert.Equal(0, soft.IrreducibleLogLoss);
    });

    [Fact]
    public void A_soft_label_is_its_classes_by_their_shares() => Holds(rows =>
    {
        // Shares of quarters: each row beside four rows of a quarter of its weight, one a draw.
        Random random = new(rows.Length);
        int[][] draws = [.. rows.Select(_ => Enumerable.Range(0, 4).Select(_ => random.Next(Classes)).ToArray())];
        double[][] counts = [.. draws.Select(d => Enumerable.Range(0, Classes).Select(k => (double)d.Count(x => x == k)).ToArray())];
        var soft = EvaluateSoft(rows, counts);
        var hard = Evaluate([.. rows.SelectMany((r, i) => draws[i].Select(k => r with { Label = k, Weight = r.Weight / 4 }))]);

        Assert.Equal(hard.LogLoss, soft.LogLoss, 1e-12);
        Assert.Equal(hard.Accuracy, soft.Accuracy, 1e-12);
        Assert.Equal(hard.LabelEntropy, soft.LabelEntropy, 1e-12);
        Assert.Equal(hard.MacroRocAuc, soft.MacroRocAuc, 1e-12);
        Assert.Equal(hard.ConfusionMatrix!.CohenKappa, soft.ConfusionMatrix!.CohenKappa, 1e-12);
        Assert.Equal(hard.Classes.Select(c => c.LogLoss), soft.Classes.Select(c => c.LogLoss), CloseOrBothNaN);
        var entropy = counts.Zip(rows, (c, r) => -r.Weight * c.Where(x => x > 0).Sum(x => x / 4 * Math.Log(x / 4)))
            .Sum() / rows.Sum(r => r.Weight);
        Assert.Equal(entropy, soft.IrreducibleLogLoss, 1e-12);
        Assert.True(soft.KullbackLeibler >= -1e-12);
        Assert.Equal(soft.LogLoss, soft.IrreducibleLogLoss + soft.KullbackLeibler, 1e-12);
        Assert.Equal(
            soft.IrreducibleLogLoss, soft.Classes.Where(c => c.Support > 0)
            .Sum(c => c.WeightedSupport * c.IrreducibleLogLoss) / soft.WeightSum, 1e-12);
    });

    [Fact]
    public void Mean_and_standard_error_are_those_of_two_slow_passes() => Holds(rows =>
    {
        var weight = rows.Sum(r => r.Weight);
        var mean = rows.Sum(r => r.Weight * r.Loss) / weight;
        var variance = rows.Sum(r => r.Weight * (r.Loss - mean) * (r.Loss - mean)) / weight;
        var effective = weight * weight / rows.Sum(r => r.Weight * r.Weight);

        var metrics = Evaluate(rows);
        Assert.Equal(mean, metrics.LogLoss, 1e-12);
        Assert.Equal(effective, metrics.EffectiveRows, 1e-9);
        Assert.Equal(Math.Sqrt(variance / (effective - 1)), metrics.LogLossStandardError, 1e-12);
        Assert.Equal(metrics.LogLoss + 1.9599639845400545 * metrics.LogLossStandardError, metrics.LogLossInterval.Upper, 1e-12);
    });

    private static void Holds(Action<Sample[]> property) => Check.One(Config, Prop.ForAll(Samples, property));

    private static Sample[] Draw(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, random.Next(3, 40)).Select(_ =>
        {
            int[] parts = [.. Enumerable.Range(0, Classes).Select(_ => random.Next(1, 64))];
            double sum = parts.Sum();
            return new Sample(random.Next(Classes), [.. parts.Select(p => (double)(float)(p / sum))], random.Next(1, 4));
        })];
    }

    /// <summary>Bins of a given number: of its own, it would grow with the number of rows, which a weight of 2 leaves as it is.</summary>
    private static MulticlassEvaluationOptions Weighed => new() { ExampleWeightColumnName = "Weight", ReliabilityBins = 15 };

    private static MulticlassCrossEntropyMetrics Evaluate(Sample[] rows) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(
                [.. rows.Select(r => (double)r.Label)], [.. rows.Select(r => r.Probabilities)], [.. rows.Select(r => r.Weight)]),
            Weighed);

    private static MulticlassCrossEntropyMetrics EvaluateSoft(Sample[] rows, double[][] targets) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            new InMemoryView.Builder()
                .AddScores("Label", targets, Classes)
                .AddScores("Score", rows.Select(r => r.Probabilities), Classes)
                .AddNumbers("Weight", rows.Select(r => r.Weight))
                .Build(),
            Weighed);

    private static bool CloseOrBothNaN(double x, double y) => Math.Abs(x - y) < 1e-12 || (double.IsNaN(x) && double.IsNaN(y));

    private static void AssertEqual(MulticlassCrossEntropyMetrics expected, MulticlassCrossEntropyMetrics actual, bool standardErrors)
    {
        Assert.Equal(expected.BrierScore, actual.BrierScore, 1e-12);
        Assert.Equal(expected.MacroRocAuc, actual.MacroRocAuc, 1e-12);
        Assert.Equal(expected.MacroAveragePrecision, actual.MacroAveragePrecision, 1e-12);
        Assert.Equal(expected.Reliability.ExpectedCalibrationError, actual.Reliability.ExpectedCalibrationError, 1e-12);
        Assert.Equal(expected.EqualMassReliability!.ExpectedCalibrationError, actual.EqualMassReliability!.ExpectedCalibrationError, 1e-12);
        Assert.Equal(expected.ClasswiseCalibrationError, actual.ClasswiseCalibrationError, 1e-12);
        Assert.Equal(expected.BrierDecomposition!.Value.Uncertainty, actual.BrierDecomposition!.Value.Uncertainty, 1e-12);
        Assert.Equal(expected.ConfusionMatrix!.MatthewsCorrelation, actual.ConfusionMatrix!.MatthewsCorrelation, 1e-12);
        Assert.Equal(expected.ConfusionMatrix.Macro.F1, actual.ConfusionMatrix.Macro.F1, 1e-12);
        for (var k = 1; k <= Classes; k++)
            Assert.Equal(expected.TopKAccuracy(k).Accuracy, actual.TopKAccuracy(k).Accuracy, 1e-12);
        Assert.Equal(expected.LogLoss, actual.LogLoss, 1e-12);
        Assert.Equal(expected.Accuracy, actual.Accuracy, 1e-12);
        Assert.Equal(expected.LabelEntropy, actual.LabelEntropy, 1e-12);
        Assert.Equal(expected.LogLossReduction, actual.LogLossReduction, 1e-11);
        foreach ((var e, var a) in expected.Classes.Zip(actual.Classes))
            Assert.Equal(e.LogLoss, a.LogLoss, 1e-12);
        // How many rows there are is a matter of errors, and of folds, in which a row of weight 2 stays one.
        if (!standardErrors)
            return;
        Assert.Equal(expected.LogLossStandardError, actual.LogLossStandardError, 1e-12);
        Assert.Equal(expected.BrierDecomposition.Value.Miscalibration, actual.BrierDecomposition.Value.Miscalibration, 1e-12);
        Assert.Equal(
            expected.LogLossDecomposition!.Value.MiscalibrationStandardError,
            actual.LogLossDecomposition!.Value.MiscalibrationStandardError, 1e-12);
    }

    private sealed record Sample(int Label, double[] Probabilities, double Weight)
    {
        public double Loss => -Math.Log(Probabilities[Label]);
    }
}

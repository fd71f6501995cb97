using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Trainers;

/// <summary>What users of the L-BFGS trainers rely on beyond the optimum.</summary>
public class LbfgsBehaviourTests
{
    [Fact]
    public void Defaults_are_those_of_MLNet()
    {
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options();
        Assert.Equal((1, 1, 1e-7f, 20), (options.L1Regularization, options.L2Regularization, options.OptimizationTolerance, options.HistorySize));
        Assert.Equal((int.MaxValue, null, false), (options.MaximumNumberOfIterations, options.NumberOfThreads, options.EnforceNonNegativity));
        Assert.Equal(("Features", "Label", null), (options.FeatureColumnName, options.LabelColumnName, options.ExampleWeightColumnName));
        Assert.False(options.ShowTrainingStatistics || options.DenseOptimizer || options.Quiet);
    }

    [Fact]
    public void It_asks_for_normalised_features()
    {
        var ml = new MLContext(seed: 1);
        var trainer = Assert.IsAssignableFrom<ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>>(
            ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        Assert.True(trainer.Info.NeedNormalization);
        Assert.True(trainer.Info.WantCaching);
    }

    [Fact]
    public void The_short_overload_is_the_options_one()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 0.5f, ExampleWeightColumnName = "Weight", HistorySize = 7 };
        var brief = ml.MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(exampleWeightColumnName: "Weight", l1Regularization: 0, l2Regularization: 0.5f, historySize: 7).Fit(data).Model;
        var full = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options).Fit(data).Model;
        Assert.Equal(Weights(full), Weights(brief), (a, b) => Math.Abs(a - b) < 1e-2);
        Assert.Equal(full.GetBiases().Count(), brief.GetBiases().Count());
    }

    [Fact]
    public void A_warm_start_goes_on_where_the_model_ended()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Transforms.NormalizeMinMax("Features").Fit(Dataset.Iris.Keyed(ml)).Transform(Dataset.Iris.Keyed(ml));
        var trained = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0.1f).Fit(data).Model;
        var oneStep = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 0.1f, MaximumNumberOfIterations = 1 });
        double LogLossOf(ITransformer model) => ml.MulticlassClassification.Evaluate(model.Transform(data)).LogLoss;
        double cold = LogLossOf(oneStep.Fit(data)), warm = LogLossOf(oneStep.Fit(data, trained));
        var full = LogLossOf(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0.1f).Fit(data));
        Assert.Equal(full, warm, 1e-3);
        Assert.True(cold > warm + 0.3);
    }

    [Fact]
    public void A_binary_warm_start_goes_on_where_the_model_ended()
    {
        var ml = new MLContext(seed: 1);
        var raw = Dataset.BreastCancer.Boolean(ml);
        var data = ml.Transforms.NormalizeMinMax("Features").Fit(raw).Transform(raw);
        var trained = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: 0).Fit(data).Model.SubModel;
        var oneStep = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = 0, MaximumNumberOfIterations = 1 });
        var again = oneStep.Fit(data, trained).Model.SubModel;
        Assert.Equal(trained.Weights, again.Weights, (a, b) => Math.Abs(a - b) < 0.1);
    }

    [Fact]
    public void A_warm_start_of_another_shape_is_refused()
    {
        var ml = new MLContext(seed: 1);
        var two = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Dataset.BreastCancer.Keyed(ml)).Model;
        Assert.ThrowsAny<InvalidOperationException>(() => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Dataset.Iris.Keyed(ml), two));
    }

    [Fact]
    public void Rows_with_missing_features_labels_or_weights_are_skipped_with_a_warning()
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        IEnumerable<Row> Rows(bool withBad) => Enumerable.Range(0, 60).Select(i => new Row
        {
            Features = [i % 3, withBad && i == 7 ? float.NaN : i % 5, withBad && i == 8 ? float.PositiveInfinity : i % 2],
            Label = withBad && i == 9 ? uint.MaxValue : (uint)(i % 3),
            Weight = withBad && i == 10 ? float.NaN : withBad && i == 11 ? 0 : 1,
        }).Where((_, i) => withBad || i is < 7 or > 11);
        var trainer = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(exampleWeightColumnName: "Weight", l1Regularization: 0);
        var skipped = Weights(trainer.Fit(ml.Data.LoadFromEnumerable(Rows(withBad: true))).Model);
        Assert.Contains("Skipped 5 instances with missing features/label/weight during training", warnings);
        var clean = Weights(trainer.Fit(ml.Data.LoadFromEnumerable(Rows(withBad: false))).Model);
        Assert.Equal(clean, skipped, (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void Training_without_a_single_good_row_says_so()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new Row { Features = [1, float.NaN, 0], Label = 1, Weight = 1 }]);
        var thrown = Assert.Throws<InvalidOperationException>(() => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(data));
        Assert.Contains("No valid training instances found", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_rows_train_like_dense_ones()
    {
        var ml = new MLContext(seed: 1);
        Row[] rows = [.. Enumerable.Range(0, 90).Select(i => new Row { Features = [i % 3 == 0 ? 0 : i % 4, 0, i % 7 == 0 ? 1 : 0], Label = (uint)(i % 3), Weight = 1 })];
        var dense = ml.Data.LoadFromEnumerable(rows);
        var sparse = ml.Data.LoadFromEnumerable(rows.Select(row => new SparseRow
        {
            Features = new VBuffer<float>(3, row.Features.Count(v => v != 0), [.. row.Features.Where(v => v != 0)], [.. Enumerable.Range(0, 3).Where(j => row.Features[j] != 0)]),
            Label = row.Label,
        }));
        var trainer = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0);
        Assert.Equal(Weights(trainer.Fit(dense).Model), Weights(trainer.Fit(sparse).Model), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void L1_makes_weights_exactly_zero()
    {
        var ml = new MLContext(seed: 1);
        var raw = Dataset.BreastCancer.Boolean(ml);
        var data = ml.Transforms.NormalizeMinMax("Features").Fit(raw).Transform(raw);
        int Zeros(float l1) => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(l1Regularization: l1, l2Regularization: 0.1f)
            .Fit(data).Model.SubModel.Weights.Count(weight => weight == 0);
        Assert.Equal(0, Zeros(0));
        Assert.InRange(Zeros(1), 10, 29);
        Assert.Equal(30, Zeros(1000));
    }

    [Theory]
    [InlineData("HistorySize", 0)]
    [InlineData("L1Regularization", -1f)]
    [InlineData("L2Regularization", -1f)]
    [InlineData("OptimizationTolerance", 0f)]
    [InlineData("MaximumNumberOfIterations", 0)]
    [InlineData("NumberOfThreads", 0)]
    public void Options_out_of_range_are_refused(string option, object value)
    {
        var ml = new MLContext(seed: 1);
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options();
        typeof(LbfgsMaximumEntropyMulticlassTrainer.Options).GetField(option)!.SetValue(options, value);
        var thrown = Assert.ThrowsAny<Exception>(() => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options));
        Assert.Contains(option, thrown.Message, StringComparison.Ordinal);
    }

    private static float[] Weights(MaximumEntropyModelParameters model)
    {
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        return [.. weights.Take(classes).SelectMany(vector => vector.DenseValues())];
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public float Weight { get; set; }
    }

    private sealed class SparseRow
    {
        [VectorType(3)]
        public VBuffer<float> Features { get; set; }

        [KeyType(3)]
        public uint Label { get; set; }
    }
}

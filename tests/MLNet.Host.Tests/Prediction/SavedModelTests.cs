using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Prediction;

/// <summary>Saved pipelines come back with the same types, schemas and predictions.</summary>
public class SavedModelTests
{
    [Fact]
    public void Multiclass_pipeline()
    {
        var ml = new MLContext(seed: 1);
        var data = Named(ml);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Name")
            .Append(ml.Transforms.CopyColumns("Copy", "X"))
            .Append(ml.Transforms.NormalizeMeanVariance("Copy", fixZero: false))
            .Append(ml.Transforms.Concatenate("Features", "Copy"))
            .Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                new LbfgsMaximumEntropyMulticlassTrainer.Options { ShowTrainingStatistics = true, L1Regularization = 0.1f }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel"))
            .Append(ml.Transforms.DropColumns("Copy"));
        var model = pipeline.Fit(data);
        var loaded = SaveAndLoad(model, data.Schema, out var schema);
        Assert.Equal(data.Schema.Select(column => column.ToString()), schema.Select(column => column.ToString()));

        IDataView before = model.Transform(data), after = loaded.Transform(data);
        Assert.Equal(before.Schema.Select(column => $"{column} {column.IsHidden}"), after.Schema.Select(column => $"{column} {column.IsHidden}"));
        Assert.Equal(before.GetColumn<float[]>("Score"), after.GetColumn<float[]>("Score"));
        Assert.Equal(before.GetColumn<string>("Predicted"), after.GetColumn<string>("Predicted"));
        VBuffer<ReadOnlyMemory<char>> names = default;
        after.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Dataset.Iris.ClassNames, names.DenseValues().Select(name => name.ToString()));

        var prediction = Assert.IsType<TransformerChain<ITransformer>>(loaded).OfType<MulticlassPredictionTransformer<MaximumEntropyModelParameters>>().Single();
        Assert.Equal(150, prediction.Model.Statistics.TrainingExampleCount);
        Assert.Equal("Features", prediction.FeatureColumnName);
    }

    [Fact]
    public void Binary_pipeline()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var model = ml.Transforms.NormalizeMeanVariance("Features", fixZero: false, useCdf: true)
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression()).Fit(data);
        var loaded = SaveAndLoad(model, data.Schema, out _);
        Assert.Equal(model.Transform(data).GetColumn<float>("Probability"), loaded.Transform(data).GetColumn<float>("Probability"));
        var last = Assert.IsType<BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>>(
            Assert.IsType<TransformerChain<ITransformer>>(loaded).Last());
        Assert.Equal(model.LastTransformer.Model.SubModel.Weights, last.Model.SubModel.Weights);
        Assert.Equal(model.LastTransformer.Model.SubModel.Bias, last.Model.SubModel.Bias);
        Assert.Equal(model.LastTransformer.Model.Calibrator.Slope, last.Model.Calibrator.Slope);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_prediction_engine_predicts_one_object_after_another(bool saved)
    {
        var ml = new MLContext(seed: 1);
        var data = Named(ml);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Name")
            .Append(ml.Transforms.NormalizeMinMax("Features", "X"))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0.1f))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(data);
        if (saved)
            model = SaveAndLoad(model, data.Schema, out _);
        using var engine = ml.Model.CreatePredictionEngine<Flower, Guess>(model);
        var scored = model.Transform(data);
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        string[] labels = [.. scored.GetColumn<string>("PredictedLabel")];
        foreach (var row in new[] { 0, 60, 120, 61, 1 })
        {
            var guess = engine.Predict(new Flower { X = Dataset.Iris.X[row] });
            Assert.Equal(labels[row], guess.PredictedLabel);
            Assert.Equal(scores[row], guess.Score);
        }
    }

    [Fact]
    public void A_threshold_moves_the_predicted_label_alone()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var model = ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(data);
        var moved = ml.BinaryClassification.ChangeModelThreshold(model, 2);
        Assert.Same(model, ml.BinaryClassification.ChangeModelThreshold(model, 0));
        float[] scores = [.. moved.Transform(data).GetColumn<float>("Score")];
        Assert.Equal(model.Transform(data).GetColumn<float>("Score"), scores);
        Assert.Equal(scores.Select(score => score > 2), moved.Transform(data).GetColumn<bool>("PredictedLabel"));
        Assert.Equal(scores.Select(score => score > 2), SaveAndLoad(moved, data.Schema, out _).Transform(data).GetColumn<bool>("PredictedLabel"));
    }

    [Fact]
    public void A_second_scorer_has_its_own_set_of_columns()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var trainer = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
        var twice = trainer.Append(trainer).Fit(data).Transform(data);
        uint[] ids = [.. twice.Schema.Where(column => column.Name == "Score").Select(SetId)];
        Assert.Equal([1u, 2u], ids);

        static uint SetId(DataViewSchema.Column column)
        {
            uint id = 0;
            column.Annotations.GetValue("ScoreColumnSetId", ref id);
            return id;
        }
    }

    [Fact]
    public void Features_of_another_length_are_refused()
    {
        var ml = new MLContext(seed: 1);
        var model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Dataset.Iris.Keyed(ml));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.GetOutputSchema(Dataset.BreastCancer.Keyed(ml).Schema));
        Assert.ThrowsAny<Exception>(() => model.Transform(Dataset.BreastCancer.Keyed(ml)));
    }

    private static ITransformer SaveAndLoad(ITransformer model, DataViewSchema schema, out DataViewSchema loadedSchema)
    {
        using var stream = new MemoryStream();
        new MLContext(seed: 1).Model.Save(model, schema, stream);
        stream.Position = 0;
        return new MLContext(seed: 2).Model.Load(stream, out loadedSchema);
    }

    private static IDataView Named(MLContext ml)
        => ml.Data.LoadFromEnumerable(Dataset.Iris.X.Select((x, i) => new Flower { X = x, Name = Dataset.Iris.ClassNames[Dataset.Iris.Y[i]] }));

    private sealed class Flower
    {
        [VectorType(4)]
        public float[] X { get; set; } = [];

        public string Name { get; set; } = "";
    }

    private sealed class Guess
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}

using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>What the trainers return is ML.NET's own, in every respect that a pipeline can see.</summary>
public class NativeModelTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Label columns: key of text, of numbers, of no known names.</summary>
    public static TheoryData<string> KeyLabels => ["Class", "ClassNumber", "ClassIndex"];

    [Theory]
    [MemberData(nameof(KeyLabels))]
    public void The_softmax_schema_is_that_of_maximum_entropy_with_all_annotations(string label)
    {
        var data = WithKeys(Dataset.Iris);
        var ours = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(label, "Features", "Weight");
        var theirs = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(label, "Features", "Weight");

        Assert.Equal(SchemaText.Of(theirs.Fit(data).Transform(data).Schema), SchemaText.Of(ours.Fit(data).Transform(data).Schema));
        var shape = SchemaText.ShapeOf(data.Schema);
        Assert.Equal(SchemaText.Of(theirs.GetOutputSchema(shape)), SchemaText.Of(ours.GetOutputSchema(shape)));
    }

    [Fact]
    public void The_sigmoid_schema_is_that_of_logistic_regression_with_all_annotations()
    {
        var data = Dataset.BreastCancer.View(_ml);
        var ours = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond");
        var theirs = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond");

        Assert.Equal(SchemaText.Of(theirs.Fit(data).Transform(data).Schema), SchemaText.Of(ours.Fit(data).Transform(data).Schema));
        var shape = SchemaText.ShapeOf(data.Schema);
        Assert.Equal(SchemaText.Of(theirs.GetOutputSchema(shape)), SchemaText.Of(ours.GetOutputSchema(shape)));
    }

    [Fact]
    public void The_promised_schema_leaves_a_label_of_another_type_as_it_is()
    {
        var data = Dataset.BreastCancer.View(_ml);
        var promised = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("ClassIndex").GetOutputSchema(SchemaText.ShapeOf(data.Schema));
        var label = promised.Single(column => column.Name == "ClassIndex");
        Assert.True(label.IsKey);
        Assert.Equal(NumberDataViewType.UInt32, label.ItemType);
        Assert.Equal(["Score", "Probability", "PredictedLabel"], promised.Skip(data.Schema.Count).Select(column => column.Name));
    }

    [Fact]
    public void A_pipeline_predicts_the_names_of_the_classes()
    {
        var data = Dataset.Iris.View(_ml);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Class")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Class"))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        string[] predicted = [.. pipeline.Fit(data).Transform(data).GetColumn<string>("PredictedLabel")];
        Assert.InRange(predicted.Zip(Dataset.Iris.Examples).Count(pair => pair.First == pair.Second.Class), 143, 150);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_saved_model_scores_the_same_when_loaded(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        var fitted = AllTrainers.Create(trainer, _ml).Fit(data);
        using var file = new TemporaryFile();
        _ml.Model.Save(fitted, data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out var input);

        Assert.Equal(data.Schema.Select(column => column.Name), input.Select(column => column.Name));
        Assert.Equal(SchemaText.Of(fitted.Transform(data).Schema), SchemaText.Of(loaded.Transform(data).Schema));
        Assert.Equal(Scores(fitted, data), Scores(loaded, data));
        Assert.Null(TrainingReport.Of((IPredictionTransformer<object>)LastOf(loaded)));
    }

    [Fact]
    public void A_saved_softmax_model_scores_in_a_process_that_has_never_heard_of_us()
    {
        var data = WithKeys(Dataset.Iris);
        var pipeline = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Class")
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var fitted = pipeline.Fit(data);
        using var file = new TemporaryFile();
        _ml.Model.Save(fitted, data.Schema, file.Name);

        int[] rows = [0, 60, 149];
        float[][] scores = [.. fitted.Transform(data).GetColumn<float[]>("Score")];
        string[] classes = [.. fitted.Transform(data).GetColumn<string>("PredictedLabel")];
        var features = rows.Select(row => Dataset.Iris.Examples[row].Features);
        Assert.Equal(
            [.. rows.Select(row => string.Join(';', scores[row].Select(value => value.ToString("R", CultureInfo.InvariantCulture)))), "ours: "],
            OtherProcess.Score(file.Name, "Score", features));
        Assert.Equal([.. rows.Select(row => classes[row]), "ours: "], OtherProcess.Score(file.Name, "PredictedLabel", features));
    }

    [Fact]
    public void A_saved_sigmoid_model_scores_in_a_process_that_has_never_heard_of_us()
    {
        var data = Dataset.BreastCancer.View(_ml);
        var fitted = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(data);
        using var file = new TemporaryFile();
        _ml.Model.Save(fitted, data.Schema, file.Name);

        int[] rows = [0, 100, 568];
        float[] probabilities = [.. fitted.Transform(data).GetColumn<float>("Probability")];
        Assert.Equal(
            [.. rows.Select(row => probabilities[row].ToString("R", CultureInfo.InvariantCulture)), "ours: "],
            OtherProcess.Score(file.Name, "Probability", rows.Select(row => Dataset.BreastCancer.Examples[row].Features)));
    }

    [Fact]
    public void A_prediction_engine_predicts_as_the_pipeline_does()
    {
        var data = Dataset.Iris.View(_ml);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(data);
        float[][] expected = [.. fitted.Transform(data).GetColumn<float[]>("Score")];

        SchemaDefinition schema = SchemaDefinition.Create(typeof(Dataset.Example));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        schema["ClassIndex"].ColumnType = new KeyDataViewType(typeof(uint), 3);
        var engine = _ml.Model.CreatePredictionEngine<Dataset.Example, Prediction>(fitted, inputSchemaDefinition: schema);
        foreach (var row in (int[])[0, 75, 149])
        {
            var prediction = engine.Predict(Dataset.Iris.Examples[row]);
            Assert.Equal(expected[row], prediction.Score);
            Assert.Equal(Array.IndexOf(expected[row], expected[row].Max()) + 1u, prediction.PredictedLabel);
        }
    }

    [Fact]
    public void The_softmax_model_is_the_softmax_of_its_weights()
    {
        var data = Dataset.Iris.View(_ml);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(data);
        var model = fitted.Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        float[] biases = [.. model.GetBiases()];
        Assert.Equal(3, classes);
        Assert.All(weights, row => Assert.Equal(4, row.Length));

        float[][] scores = [.. fitted.Transform(data).GetColumn<float[]>("Score")];
        for (var i = 0; i < scores.Length; i++)
        {
            double[] logits =
                [.. weights.Select(
                (row, k) =>
                biases[k] + row.DenseValues().Zip(Dataset.Iris.Examples[i].Features).Sum(pair => (double)pair.First * pair.Second))];
            var sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
            for (var k = 0; k < classes; k++)
                Assert.Equal(Math.Exp(logits[k] - logits.Max()) / sum, scores[i][k], 1e-5);
        }
    }

    [Fact]
    public void The_sigmoid_model_is_calibrated_by_the_logistic_function_itself()
    {
        var data = Dataset.BreastCancer.View(_ml);
        var fitted = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(data);
        var calibrator = fitted.Model.Calibrator;
        Assert.Equal((-1, 0), (calibrator.Slope, calibrator.Offset));

        var scored = fitted.Transform(data);
        float[] scores = [.. scored.GetColumn<float>("Score")];
        float[] probabilities = [.. scored.GetColumn<float>("Probability")];
        bool[] predicted = [.. scored.GetColumn<bool>("PredictedLabel")];
        for (var i = 0; i < scores.Length; i++)
        {
            Assert.Equal(1 / (1 + Math.Exp(-scores[i])), probabilities[i], 1e-6);
            Assert.Equal(scores[i] > 0, predicted[i]);
        }
    }

    [Fact]
    public void The_trainers_need_neither_normalized_nor_cached_data()
    {
        foreach (
            var info in (
            TrainerInfo[])[_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy().Info,
            _ml.BinaryClassification.Trainers.SigmoidCrossEntropy().Info])
        {
            Assert.False(info.NeedNormalization);
            Assert.False(info.WantCaching);
        }
    }

    [Fact]
    public void Lbfgs_goes_on_from_our_model()
    {
        var data = Dataset.Iris.View(_ml);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", l2Regularization: 1f / 150).Fit(data);
        var optimum = AllTrainers.LogLoss(fitted, data);

        // One iteration from our model stays there; one from nothing does not get far. (A trainer remembers the model it
        // went on from, so each has its own.)
        Assert.Equal(optimum, AllTrainers.LogLoss(OneIteration().Fit(data, fitted.Model), data), 0.02 * optimum);
        Assert.True(AllTrainers.LogLoss(OneIteration().Fit(data), data) > 2 * optimum);

        LbfgsMaximumEntropyMulticlassTrainer OneIteration() => _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = "ClassIndex",
                L1Regularization = 0,
                MaximumNumberOfIterations = 1
            });
    }

    [Fact]
    public void Permutation_feature_importance_finds_the_petals()
    {
        var data = Dataset.Iris.View(_ml);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(data);
        var importance = _ml.MulticlassClassification.PermutationFeatureImportance(fitted, data, "ClassIndex", permutationCount: 3);
        Assert.Equal(4, importance.Length);
        Assert.True(importance[2].LogLoss.Mean > 5 * importance[0].LogLoss.Mean);
    }

    private IDataView WithKeys(Dataset dataset)
    {
        var data = dataset.View(_ml);
        return _ml.Transforms.Conversion.MapValueToKey([new("Class"), new("ClassNumber")]).Fit(data).Transform(data);
    }

    private static object LastOf(ITransformer transformer) => transformer is IEnumerable<ITransformer> chain ? chain.Last() : transformer;

    private static IEnumerable<float[]> Scores(ITransformer transformer, IDataView data)
    {
        var scored = transformer.Transform(data);
        return scored.Schema["Score"].Type is VectorDataViewType
            ? scored.GetColumn<float[]>("Score")
            : scored.GetColumn<float>("Score").Select(score => new[] { score });
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}

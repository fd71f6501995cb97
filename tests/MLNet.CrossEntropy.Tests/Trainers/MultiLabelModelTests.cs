using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>What the multi-label trainer returns: a chain of ML.NET's own transformers, and what it adds to rows.</summary>
public class MultiLabelModelTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly MultiLabelData _data = MultiLabelData.Draw();

    [Fact]
    public void The_transformers_are_MLNets_own()
        => Assert.Collection(Fit(),
            scorer => Assert.IsType<MulticlassPredictionTransformer<LinearMulticlassModelParameters>>(scorer),
            probability => Assert.IsType<ExpressionTransformer>(probability),
            predictedLabel => Assert.IsType<ExpressionTransformer>(predictedLabel));

    [Fact]
    public void Probability_is_the_sigmoid_of_Score_and_PredictedLabel_its_sign()
    {
        var fitted = Fit();
        var scored = fitted.Transform(_data.View());
        var model = ((MulticlassPredictionTransformer<LinearMulticlassModelParameters>)fitted.First()).Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out _);
        float[] biases = [.. model.GetBiases()];
        float[][] scores = [.. scored.GetColumn<float[]>("Score")], probabilities = [.. scored.GetColumn<float[]>("Probability")];
        bool[][] predicted = [.. scored.GetColumn<bool[]>("PredictedLabel")];
        for (var i = 0; i < scores.Length; i++)
        {
            for (var k = 0; k < 3; k++)
            {
                Assert.Equal(
                    biases[k] + weights[k].DenseValues().Zip(_data.Rows[i])
                    .Sum(pair => (double)pair.First * pair.Second), scores[i][k], 1e-5);
                Assert.Equal(1 / (1 + Math.Exp(-scores[i][k])), probabilities[i][k], 1e-6);
                Assert.Equal(scores[i][k] > 0, predicted[i][k]);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slots_have_the_names_of_the_labels(bool named)
    {
        var scored = Fit(named).Transform(_data.View(named));
        foreach (var column in (string[])["Score", "Probability", "PredictedLabel"])
        {
            Assert.Equal(named, scored.Schema[column].HasSlotNames());
            if (!named)
                continue;
            VBuffer<ReadOnlyMemory<char>> names = default;
            scored.Schema[column].GetSlotNames(ref names);
            Assert.Equal(MultiLabelData.Labels, names.DenseValues().Select(name => name.ToString()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_promised_schema_is_that_of_the_scored_rows(bool named)
    {
        var data = _data.View(named);
        var promised = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy()
            .GetOutputSchema(SchemaText.ShapeOf(data.Schema));
        var scored = Fit(named).Transform(data).Schema;
        Assert.Equal(
            scored.Where(column => !column.IsHidden).Select(column => column.Name).Order(), promised.Select(column => column.Name).Order());
        foreach (var column in promised)
        {
            Assert.Equal(
                ((VectorDataViewType?)(scored[column.Name].Type as VectorDataViewType))?.ItemType
                ?? scored[column.Name].Type, column.ItemType);
            Assert.Equal(
                scored[column.Name].Type is VectorDataViewType ? SchemaShape.Column.VectorKind.Vector
                : SchemaShape.Column.VectorKind.Scalar, column.Kind);
            Assert.Equal(scored[column.Name].HasSlotNames(), column.Annotations.Any(annotation => annotation.Name == "SlotNames"));
        }
    }

    [Fact]
    public void A_pipeline_with_a_label_of_the_wrong_type_is_refused_before_it_is_fitted()
    {
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Weight")
            .Append(_ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Copy"));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => pipeline.GetOutputSchema(SchemaText.ShapeOf(_data.View().Schema)));
        Assert.StartsWith(
            "Schema mismatch for label column 'Copy': expected Vector<Boolean> or Vector<Single> of 2 slots or more, got Single. Make it " +
            "one vector", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_pipeline_scores_the_same_when_loaded_and_goes_on()
    {
        var data = _data.View();
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Features")
            .Append(_ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(featureColumnName: "Copy"))
            .Append(_ml.Transforms.CopyColumns("Shares", "Probability"));
        var fitted = pipeline.Fit(data);
        using var file = new TemporaryFile();
        _ml.Model.Save(fitted, data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);
        Assert.Equal(SchemaText.Of(fitted.Transform(data).Schema), SchemaText.Of(loaded.Transform(data).Schema));
        Assert.Equal(fitted.Transform(data).GetColumn<float[]>("Shares"), loaded.Transform(data).GetColumn<float[]>("Shares"));
    }

    [Fact]
    public void A_saved_model_scores_in_a_process_that_has_never_heard_of_us()
    {
        var data = _data.View();
        var fitted = Fit();
        using var file = new TemporaryFile();
        _ml.Model.Save(fitted, data.Schema, file.Name);

        int[] rows = [0, 10, 100];
        var scored = fitted.Transform(data);
        float[][] probabilities = [.. scored.GetColumn<float[]>("Probability")];
        bool[][] predicted = [.. scored.GetColumn<bool[]>("PredictedLabel")];
        var features = rows.Select(row => _data.Rows[row]);
        Assert.Equal(
            [.. rows.Select(row => string.Join(';', probabilities[row].Select(value => value.ToString("R", CultureInfo.InvariantCulture)))), "ours: "],
            OtherProcess.Score(file.Name, "Probability", features));
        Assert.Equal(
            [.. rows.Select(row => string.Join(';', predicted[row])), "ours: "], OtherProcess.Score(file.Name, "PredictedLabel", features));
    }

    [Fact]
    public void A_prediction_engine_predicts_as_the_pipeline_does()
    {
        var fitted = Fit();
        float[][] expected = [.. fitted.Transform(_data.View()).GetColumn<float[]>("Probability")];
        var engine = _ml.Model.CreatePredictionEngine<Example, Prediction>(fitted);
        foreach (var row in (int[])[0, 75, 149])
        {
            var prediction = engine.Predict(new Example { Features = _data.Rows[row] });
            Assert.Equal(expected[row], prediction.Probability);
            Assert.Equal(expected[row].Select(p => p > 0.5f), prediction.PredictedLabel);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1e-6f)]
    public void The_evaluator_takes_the_scores_for_the_logits_that_they_are(float scale)
    {
        // A model that says next to nothing has logits between 0 and 1, which could be taken for probabilities.
        float[][] rows = [.. _data.Rows.Select(row => row.Select(x => scale * (1 + MathF.Abs(x))).ToArray())];
        var data = _data with { Rows = rows, Answers = [.. _data.Answers.Select((_, i) => i % 5 < 3 ? new[] { 1f, 1, 1 } : [0, 0, 0])] };
        var trainer = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(new MultiLabelSigmoidCrossEntropyTrainer.Options
        {
            L2Regularization = 10,
        });
        var scored = trainer.Fit(data.View()).Transform(data.View());
        var metrics = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(scored);
        float[][] logits = [.. scored.GetColumn<float[]>("Score")];
        var expected = logits.Zip(data.Answers)
            .Average(row => row.First.Zip(row.Second).Average(cell => Math.Log(1 + Math.Exp(cell.Second == 1 ? -cell.First : cell.First))));
        Assert.Equal(expected, metrics.LogLoss, 1e-6);
        Assert.Equal("column 'Score' as logits (beside column 'Probability')", metrics.ScoresUsed);
        Assert.Equal(MultiLabelData.Labels, metrics.LabelNames);
    }

    private TransformerChain<ITransformer> Fit(bool named = true) =>
        _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy().Fit(_data.View(named));

    private sealed class Example
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Probability { get; set; } = [];

        public bool[] PredictedLabel { get; set; } = [];
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>ML.NET's converter exports what our trainers return, and ONNX Runtime predicts from it as ML.NET does.</summary>
public class OnnxExportTests
{
    private const float Tolerance = 1e-6f;

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, int> LossesAndBatches => new()
    {
        { "cross-entropy", 1 }, { "cross-entropy", 64 }, { "Brier", 1 }, { "Brier", 64 },
    };

    [Theory]
    [MemberData(nameof(LossesAndBatches))]
    public void A_softmax_pipeline_predicts_the_same(string loss, int batch)
    {
        var data = Dataset.Iris.View(_ml);
        var options = new SoftmaxCrossEntropyTrainer.Options { FeatureColumnName = "Scaled", L2Regularization = 0.01f };
        if (loss == "Brier")
            options.MinimizeBrier = true;
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.Transforms.NormalizeMinMax("Scaled", "Features", fixZero: false))
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options))
            .Fit(data);
        using var session = Export(pipeline, data, "Score", "PredictedLabel");
        using var engine = _ml.Model.CreatePredictionEngine<Dataset.Example, ClassPrediction>(pipeline, inputSchema: data.Schema);

        ClassPrediction[] expected = [.. Dataset.Iris.Examples.Select(engine.Predict)];
        var rows = Rows(Dataset.Iris);
        AssertSame(expected.Select(prediction => prediction.Score), Run<float>(session, rows, batch, "Score"));
        Assert.Equal(
            expected.Select(prediction => prediction.PredictedLabel),
            Run<uint>(session, rows, batch, "PredictedLabel").Select(row => row.Single()));
    }

    [Theory]
    [MemberData(nameof(LossesAndBatches))]
    public void A_sigmoid_pipeline_predicts_the_same(string loss, int batch)
    {
        var data = Dataset.BreastCancer.View(_ml);
        var options = new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = "IsSecond",
            FeatureColumnName = "Scaled",
            L2Regularization = 0.01f,
        };
        if (loss == "Brier")
            options.MinimizeBrier = true;
        var pipeline = _ml.Transforms.NormalizeMinMax("Scaled", "Features", fixZero: false)
            .Append(_ml.BinaryClassification.Trainers.SigmoidCrossEntropy(options))
            .Fit(data);
        using var session = Export(pipeline, data, "Probability", "PredictedLabel");
        using var engine = _ml.Model.CreatePredictionEngine<Dataset.Example, AnswerPrediction>(pipeline, inputSchema: data.Schema);

        AnswerPrediction[] expected = [.. Dataset.BreastCancer.Examples.Select(engine.Predict)];
        var rows = Rows(Dataset.BreastCancer);
        AssertSame(expected.Select(prediction => new[] { prediction.Probability }), Run<float>(session, rows, batch, "Probability"));
        Assert.Equal(
            expected.Select(prediction => prediction.PredictedLabel),
            Run<bool>(session, rows, batch, "PredictedLabel").Select(row => row.Single()));
    }

    [Fact]
    public void The_file_keeps_the_names_of_the_classes_and_leaves_the_number_of_rows_open()
    {
        var data = NamedIris.View();
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()).Fit(data);
        using var file = new TemporaryFile();
        using (var stream = File.Create(file.Name))
            _ml.Model.ConvertToOnnx(pipeline, data, stream, "Score");
        var applied = _ml.Transforms.ApplyOnnxModel(["Score.output"], ["Features"], file.Name).Fit(data).Transform(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        applied.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(NamedIris.Classes, names.DenseValues().Select(name => name.ToString()));

        using var session = new InferenceSession(file.Name);
        Assert.Equal("ML.NET", session.ModelMetadata.ProducerName);
        Assert.Equal([-1, 4], session.InputMetadata["Features"].Dimensions);
        Assert.Equal([-1, 3], session.OutputMetadata["Score.output"].Dimensions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Of_a_multi_label_chain_the_logits_are_exported_but_not_the_expressions(int batch)
    {
        var drawn = MultiLabelData.Draw();
        var data = drawn.View();
        var chain = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy().Fit(data);
        Assert.StartsWith(
            "The targeted pipeline can not be fully converted into a well-defined ONNX model.",
            Assert.Throws<InvalidOperationException>(() => Export(chain, data, "Score", "Probability", "PredictedLabel")).Message);

        var scorer = (MulticlassPredictionTransformer<LinearMulticlassModelParameters>)chain.First();
        using var session = Export(scorer, data, "Score");
        float[][] logits = [.. chain.Transform(data).GetColumn<float[]>("Score")];
        AssertSame(logits, Run<float>(session, drawn.Rows, batch, "Score"));
    }

    private InferenceSession Export(ITransformer model, IDataView data, params string[] outputs)
    {
        using var stream = new MemoryStream();
        _ml.Model.ConvertToOnnx(model, data, stream, outputs);
        return new InferenceSession(stream.ToArray());
    }

    private static float[][] Rows(Dataset data) => [.. data.Examples.Select(example => example.Features)];

    /// <summary>The output for every row, computed so many rows at a time.</summary>
    private static T[][] Run<T>(InferenceSession session, float[][] rows, int batch, string column)
    {
        return [.. rows.Chunk(batch).SelectMany(Predict)];

        IEnumerable<T[]> Predict(float[][] part)
        {
            var features = new DenseTensor<float>(part.SelectMany(row => row).ToArray(), [part.Length, part[0].Length]);
            NamedOnnxValue[] inputs = [.. session.InputMetadata.Select(input => input.Key == "Features"
                ? NamedOnnxValue.CreateFromTensor(input.Key, features)
                : Unused(input.Key, input.Value, part.Length))];
            using var results = session.Run(inputs, [$"{column}.output"]);
            var output = results.Single().AsTensor<T>();
            Assert.Equal(part.Length, output.Dimensions[0]);
            return output.ToArray().Chunk((int)output.Length / part.Length);
        }
    }

    /// <summary>A graph's other inputs, such as labels and weights, which have no part in its predictions.</summary>
    private static NamedOnnxValue Unused(string name, NodeMetadata metadata, int rows)
    {
        int[] shape = [rows, metadata.Dimensions[1]];
        return metadata.ElementDataType switch
        {
            TensorElementType.String
                => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<string>(Enumerable.Repeat("", rows).ToArray(), shape)),
            TensorElementType.Bool => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<bool>(shape)),
            TensorElementType.UInt32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<uint>(shape)),
            TensorElementType.Int32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(shape)),
            _ => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(shape)),
        };
    }

    private static void AssertSame(IEnumerable<float[]> expected, float[][] actual)
    {
        float[][] rows = [.. expected];
        Assert.Equal(rows.Select(row => row.Length), actual.Select(row => row.Length));
        Assert.All(
            rows.SelectMany(row => row).Zip(actual.SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private sealed class ClassPrediction
    {
        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class AnswerPrediction
    {
        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }
}

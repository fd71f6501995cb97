using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>ML.NET's converter exports what our trainers return, and the exported graph predicts as the model does.</summary>
public class OnnxExportTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_softmax_pipeline_is_exported()
    {
        var data = NamedIris.View();
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(_ml.Transforms.NormalizeMinMax("Scaled", "Features", fixZero: false))
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(featureColumnName: "Scaled"))
            .Fit(data);
        var onnx = Export(pipeline, data, "Score", "PredictedLabel");
        Assert.Equal("ML.NET", onnx.Producer);
        Assert.InRange(onnx.IrVersion, 3, 20);
        Assert.InRange(onnx.OperatorSets[""], 9, 30);
        Assert.Contains("ai.onnx.ml", onnx.OperatorSets.Keys);
        Assert.Contains("Features", onnx.Graph.Inputs);
        Assert.Contains("Score.output", onnx.Graph.Outputs);
        Assert.Contains("PredictedLabel.output", onnx.Graph.Outputs);

        var classifier = onnx.Graph["LinearClassifier"];
        Assert.Equal("SOFTMAX", classifier.Text("post_transform"));
        Assert.Equal(AllTrainers.Parameters(pipeline.LastTransformer), classifier.Floats("coefficients").Concat(classifier.Floats("intercepts")));
        Assert.Equal([1, 2, 3], classifier.Integers("classlabels_ints"));
        Assert.Equal(NamedIris.Classes, NamesOf(onnx, "Score"));

        var scored = pipeline.Transform(data);
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        uint[] keys = [.. scored.GetColumn<uint>("PredictedLabel")];
        AssertRows(onnx, data, (row, values) =>
        {
            AssertNear(scores[row], values["Score.output"]);
            Assert.Equal(keys[row], values["PredictedLabel.output"].Single());
        });
    }

    [Fact]
    public void A_sigmoid_pipeline_is_exported()
    {
        var data = Dataset.BreastCancer.View(_ml);
        var pipeline = _ml.Transforms.NormalizeMinMax("Scaled", "Features", fixZero: false)
            .Append(_ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond", "Scaled"))
            .Fit(data);
        var onnx = Export(pipeline, data, "Score", "Probability", "PredictedLabel");
        Assert.Contains("Features", onnx.Graph.Inputs);
        Assert.Equal(["PredictedLabel.output", "Probability.output", "Score.output"], onnx.Graph.Outputs.Order());

        var regressor = onnx.Graph["LinearRegressor"];
        Assert.Equal("NONE", regressor.Text("post_transform"));
        Assert.Equal(AllTrainers.Parameters(pipeline.LastTransformer), regressor.Floats("coefficients").Concat(regressor.Floats("intercepts")));

        // Platt's slope of -1 and offset of 0: the probability is the sigmoid of the score itself.
        Assert.Equal((1, 0), (onnx.Graph.Initializers["Slope"].Single(), onnx.Graph.Initializers["Offset"].Single()));
        var scored = pipeline.Transform(data);
        float[] scores = [.. scored.GetColumn<float>("Score")], probabilities = [.. scored.GetColumn<float>("Probability")];
        bool[] predicted = [.. scored.GetColumn<bool>("PredictedLabel")];
        AssertRows(onnx, data, (row, values) =>
        {
            AssertNear([scores[row]], values["Score.output"]);
            AssertNear([probabilities[row]], values["Probability.output"]);
            Assert.Equal(predicted[row] ? 1 : 0, values["PredictedLabel.output"].Single());
        });
    }

    [Fact]
    public void Of_a_multi_label_chain_the_logits_are_exported_but_not_the_expressions()
    {
        var data = MultiLabelData.Draw().View();
        var chain = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy().Fit(data);
        Assert.StartsWith(
            "The targeted pipeline can not be fully converted into a well-defined ONNX model.",
            Assert.Throws<InvalidOperationException>(() => Export(chain, data, "Score", "Probability", "PredictedLabel")).Message);

        var scorer = (MulticlassPredictionTransformer<LinearMulticlassModelParameters>)chain.First();
        var onnx = Export(scorer, data, "Score");
        var classifier = onnx.Graph["LinearClassifier"];
        var model = _ml.Model.LinearCoefficients(chain);
        Assert.Equal("NONE", classifier.Text("post_transform"));
        Assert.Equal(model.Classes.SelectMany(label => label.Weights), classifier.Floats("coefficients"));
        Assert.Equal(model.Classes.Select(label => label.Bias), classifier.Floats("intercepts"));
        Assert.Equal(MultiLabelData.Labels, NamesOf(onnx, "Score"));
        float[][] logits = [.. chain.Transform(data).GetColumn<float[]>("Score")];
        AssertRows(onnx, data, (row, values) => AssertNear(logits[row], values["Score.output"]));
    }

    private OnnxModel Export(ITransformer model, IDataView data, params string[] outputs)
    {
        using var stream = new MemoryStream();
        _ml.Model.ConvertToOnnx(model, data, stream, outputs);
        return OnnxModel.Parse(stream.ToArray());
    }

    /// <summary>The slot names of an output, which the converter keeps in a node that computes nothing.</summary>
    private static string[] NamesOf(OnnxModel onnx, string column)
        => onnx.Graph.Nodes.Single(node => node.Outputs.Contains($"mlnet.{column}.unusedOutput")).Texts("keys_strings");

    private static void AssertRows(OnnxModel onnx, IDataView data, Action<int, Dictionary<string, float[]>> check)
    {
        var row = 0;
        foreach (var features in data.GetColumn<float[]>("Features"))
            check(row++, OnnxRunner.Run(onnx.Graph, "Features", features));
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
    }
}

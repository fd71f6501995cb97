using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class ReadmePage() : DocumentationPage("README.md")
{
    public override bool PrintsUnseen(string name) => true;

    private void Pipeline()
    {
        WriteIris(InFolder("iris.txt"));
        // begin
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromTextFile<Iris>(InFolder("iris.txt"));
        var split = ml.Data.TrainTestSplit(data, testFraction: 0.3);

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(ml.Transforms.Concatenate("Features", "SepalLength", "SepalWidth", "PetalLength", "PetalWidth"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        var model = pipeline.Fit(split.TrainSet);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(split.TestSet));
        Console.WriteLine(metrics);

        ml.Model.Save(model, data.Schema, InFolder("iris.zip"));
        // end
        Assert.InRange(metrics.LogLoss, 0, 0.3);
        Assert.True(new FileInfo(InFolder("iris.zip")).Length > 0);
    }

    private static void WriteIris(string path)
        => System.IO.File.WriteAllLines(path, Dataset.Iris.Examples.Select(row => string.Join('\t', [row.Class, .. row.Features.Select(value => value.ToString(CultureInfo.InvariantCulture))])));

    private sealed class Iris
    {
        [LoadColumn(0)]
        public string Species { get; set; } = "";

        [LoadColumn(1)]
        public float SepalLength { get; set; }

        [LoadColumn(2)]
        public float SepalWidth { get; set; }

        [LoadColumn(3)]
        public float PetalLength { get; set; }

        [LoadColumn(4)]
        public float PetalWidth { get; set; }
    }
}

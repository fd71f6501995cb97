using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The README's pipeline is the body of a test, letter for letter.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readme").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ThePipelineRunsAndPredicts()
    {
        string text = Path.Combine(_folder, "iris.txt"), zip = Path.Combine(_folder, "iris.zip");
        WriteIris(text);
        var metrics = Pipeline(text, zip);
        Assert.InRange(metrics.LogLoss, 0, 0.3);
        Assert.True(new FileInfo(zip).Length > 0);
    }

    [Fact]
    public void TheReadmeShowsThisVeryPipeline()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Documentation");
        string source = File.ReadAllText(Path.Combine(folder, "ReadmeTests.cs")), readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        var body = Between(source, "// README begins\n", "        // README ends");
        var shown = Between(readme, "```csharp\n", "```");
        var lines = body.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line);
        var expected = string.Join('\n', lines).Replace("(textPath)", "(\"iris.txt\")", StringComparison.Ordinal)
            .Replace(", zipPath)", ", \"iris.zip\")", StringComparison.Ordinal);
        Assert.Equal(expected, shown);
    }

    private static MulticlassCrossEntropyMetrics Pipeline(string textPath, string zipPath)
    {
        // README begins
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromTextFile<Iris>(textPath);
        var split = ml.Data.TrainTestSplit(data, testFraction: 0.3);

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(ml.Transforms.Concatenate("Features", "SepalLength", "SepalWidth", "PetalLength", "PetalWidth"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        var model = pipeline.Fit(split.TrainSet);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(split.TestSet));
        Console.WriteLine(metrics);

        ml.Model.Save(model, data.Schema, zipPath);
        // README ends
        return metrics;
    }

    private static void WriteIris(string path)
    {
        var iris = GoldenFile.Load("sklearn-fits.json")["datasets"]!["iris"]!;
        string[] names = [.. iris["classes"]!.AsArray().Select(name => name!.GetValue<string>())];
        var labels = iris["y"].Numbers();
        File.WriteAllLines(path, iris["X"].Matrix().Select((row, i) =>
            string.Join('\t', [names[(int)labels[i]], .. row.Select(value => value.ToString(CultureInfo.InvariantCulture))])));
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

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

using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

/// <summary>Every kind of text that the library writes, of rows that are drawn.</summary>
internal static class Texts
{
    public static Dictionary<string, string> All()
    {
        Dictionary<string, string> texts = [];
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Rows(240, 1));
        var multiclass = ml.MulticlassClassification;
        var keys = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Class)).Fit(data);
        var keyed = keys.Transform(data);
        var softmax = multiclass.Trainers.SoftmaxCrossEntropy(l2Regularization: 0.015f).Fit(keyed);
        var strong = multiclass.Trainers.SoftmaxCrossEntropy(l2Regularization: 1.5f).Fit(keyed);
        var scored = softmax.Transform(keyed);
        var metrics = multiclass.EvaluateCrossEntropy(
            scored, new MulticlassEvaluationOptions { SegmentColumnName = nameof(Row.Site), IdColumnName = nameof(Row.Site) });
        texts.Add("multiclass table", $"{metrics}");
        texts.Add("multiclass JSON", metrics.ToJson(indented: true));
        texts.Add("multiclass Markdown", metrics.ToMarkdown());
        texts.Add("confusion matrix", $"{metrics.ConfusionMatrix}");
        texts.Add("warnings", string.Join('\n', metrics.Warnings));
        texts.Add("curves", $"{metrics.Classes[0].Curves!.ThresholdFor(precision: 0.75).Point}");
        var later = multiclass.EvaluateCrossEntropy(
            softmax.Transform(keys.Transform(ml.Data.LoadFromEnumerable(Rows(200, 2)))));
        texts.Add("drift", string.Join('\n', later.DriftFrom(metrics)));

        var sigmoid = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(nameof(Row.IsWarm), l2Regularization: 0.015f).Fit(data);
        var binary = ml.BinaryClassification.EvaluateCrossEntropy(sigmoid.Transform(data), nameof(Row.IsWarm));
        texts.Add("binary", $"{binary}{binary.ToJson()}{binary.ToMarkdown()}");
        var labels = multiclass.Trainers.MultiLabelSigmoidCrossEntropy(nameof(Row.Traits), l2Regularization: 0.015f).Fit(data);
        var multiLabel = multiclass.EvaluateMultiLabelCrossEntropy(labels.Transform(data), nameof(Row.Traits));
        texts.Add("multi-label", $"{multiLabel}{multiLabel.ToJson()}{multiLabel.ToMarkdown()}");

        var comparison = multiclass.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["weak"] = scored, ["strong"] = strong.Transform(keyed) });
        texts.Add("comparison", $"{comparison}{comparison.ToJson()}{comparison.ToMarkdown()}");
        var folds = multiclass.CrossValidateCrossEntropy(
            keyed, multiclass.Trainers.SoftmaxCrossEntropy(l2Regularization: 0.015f), numberOfFolds: 3, seed: 1);
        texts.Add("cross-validation", $"{folds}{folds.ToJson()}{folds.ToMarkdown()}");

        var coefficients = ml.Model.LinearCoefficients(softmax, keyed);
        texts.Add("coefficients", $"{coefficients}{coefficients.ToJson()}");
        var calibrated = multiclass.CalibrateTemperature(softmax, keyed);
        texts.Add("calibration", $"{calibrated}");
        texts.Add("training report", WithoutTimes(TrainingReport.Of(softmax)!.ToJson()));
        var page = new CrossEntropyReport("1.5") { Date = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero) };
        page.Add("a model", metrics);
        page.Add("another", later);
        texts.Add("page", page.ToHtml());
        AddErrors(ml, data, keyed, metrics, texts);
        return texts;
    }

    private static void AddErrors(
        MLContext ml, IDataView data, IDataView keyed, MulticlassCrossEntropyMetrics metrics, Dictionary<string, string> texts)
    {
        var multiclass = ml.MulticlassClassification;
        Action[] failures =
        [
            () => multiclass.Trainers.SoftmaxCrossEntropy(l2Regularization: -1.5f),
            () => multiclass.Trainers.SoftmaxCrossEntropy(numberOfEpochs: -1234567),
            () => multiclass.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { LabelSmoothing = -2.5f }),
            () => multiclass.Trainers.SoftmaxCrossEntropy(nameof(Row.Half)).Fit(data),
            () => multiclass.Trainers.SoftmaxCrossEntropy(exampleWeightColumnName: nameof(Row.Negative)).Fit(keyed),
            () => ml.BinaryClassification.Trainers.SigmoidCrossEntropy(nameof(Row.Negative)).Fit(data),
            () => multiclass.EvaluateCrossEntropy(keyed, new MulticlassEvaluationOptions { ConfidenceLevel = -1.5 }),
            () => multiclass.EvaluateCrossEntropy(keyed, new MulticlassEvaluationOptions { ProbabilityFloor = 1234.5 }),
            () => ml.BinaryClassification.EvaluateCrossEntropy(
                data, nameof(Row.IsWarm), scoreColumnName: null, probabilityColumnName: nameof(Row.Negative)),
            () => metrics.Require(m => m.LogLoss < -1.25),
            () => metrics.Classes[0].Curves!.ThresholdFor(precision: 1.25),
            () => metrics.DriftFrom(metrics, confidenceLevel: -1.5),
            () => multiclass.CrossValidateCrossEntropy(keyed, multiclass.Trainers.SoftmaxCrossEntropy(), numberOfFolds: -1234),
            () => multiclass.CrossValidateCrossEntropy(keyed, multiclass.Trainers.SoftmaxCrossEntropy(), numberOfFolds: 1234),
            () => ReferencePrior.FromClassProbabilities("p", new Dictionary<string, double> { ["a"] = -0.5, ["b"] = 1.5 }),
            () => InformationTheory.Entropy([-0.5, 1.5]),
            () => multiclass.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Optimizer = Optimizer.Adam(beta1: 1.5) }),
        ];
        for (var i = 0; i < failures.Length; i++)
        {
            try
            {
                failures[i]();
                texts.Add($"failure {i}", "none");
            }
            catch (Exception error)
            {
                texts.Add($"failure {i}", $"{error.GetType().Name}: {error.Message}");
            }
        }
    }

    /// <summary>How long a fit took is not the same twice.</summary>
    private static string WithoutTimes(string text) => Regex.Replace(text, "(\"(?:seconds|elapsed)\":)[^,}]*", "$1");

    private static IEnumerable<Row> Rows(int count, int seed)
    {
        var random = new Random(seed);
        string[] classes = ["1.5", "-2", "Iğdır"];
        for (var i = 0; i < count; i++)
        {
            var k = random.Next(3);
            float[] features = [.. Enumerable.Range(0, 3).Select(j => (float)(3 * random.NextDouble() - (j == k ? 0.5 : 1.5)))];
            yield return new()
            {
                Class = classes[k],
                Site = $"site {i % 4}",
                IsWarm = features[0] + random.NextDouble() > 0.5,
                Half = i + 0.5f,
                Negative = i - 1234.5f,
                Features = features,
                Traits = [features[1] > 0.25 * random.NextDouble(), features[2] > 0],
            };
        }
    }
}

internal sealed class Row
{
    public string Class { get; set; } = "";

    public string Site { get; set; } = "";

    public bool IsWarm { get; set; }

    public float Half { get; set; }

    public float Negative { get; set; }

    [VectorType(3)]
    public float[] Features { get; set; } = [];

    [VectorType(2)]
    public bool[] Traits { get; set; } = [];
}

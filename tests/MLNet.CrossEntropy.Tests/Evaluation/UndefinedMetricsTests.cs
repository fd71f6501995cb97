using System.Collections;
using System.Reflection;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Every property of metrics that is NaN, infinite or null has its reason among the warnings, whatever the data.</summary>
public sealed class UndefinedMetricsTests
{
    private const double NaN = double.NaN;

    /// <summary>What the warning that explains a property says; several where there is more than one way to it.</summary>
    private static readonly Dictionary<string, string[]> Reasons = new()
    {
        ["LogLoss"] = ["do not occur", "log-loss is infinite"],
        ["ClippedLogLoss"] = ["do not occur"],
        ["LogLossBits"] = ["do not occur", "log-loss is infinite"],
        ["LogLossStandardError"] = ["do not occur", "standard error"],
        ["IrreducibleLogLoss"] = ["do not occur"],
        ["KullbackLeibler"] = ["do not occur", "log-loss is infinite"],
        ["Lower"] = ["interval of the log-loss"],
        ["Upper"] = ["interval of the log-loss"],
        ["MiscalibrationStandardError"] = ["those of the splits"],
        ["Perplexity"] = ["perplexity is infinite", "log-loss is infinite"],
        ["LogLossReduction"] = ["log-loss reduction is undefined", "log-loss is infinite"],
        ["ReferenceLogLoss"] = ["so its log-loss is infinite"],
        ["MatthewsCorrelation"] = ["Matthews correlation is NaN"],
        ["CohenKappa"] = ["and kappa"],
        ["Precision"] = ["never predicted", "precision, recall and F1 were not computed", "(Micro)"],
        ["Recall"] = ["do not occur", "precision, recall and F1 were not computed", "(Micro)"],
        ["F1"] = ["neither occur nor are predicted", "precision, recall and F1 were not computed", "never predicted so"],
        ["ConfusionMatrix"] = ["confusion matrix, precision, recall and F1 were not computed"],
        ["RocAuc"] = ["do not occur", "A single class occurs", "ROC-AUC, average precision"],
        ["MacroRocAuc"] = ["A single class occurs", "ROC-AUC, average precision"],
        ["AveragePrecision"] = ["do not occur", "ROC-AUC, average precision"],
        ["MacroAveragePrecision"] = ["ROC-AUC, average precision"],
        ["ClasswiseCalibrationError"] = ["the calibration of classes"],
        ["Reliability"] = ["the calibration of classes"],
        ["EqualMassReliability"] = ["bins of equal weight"],
        ["Curves"] = ["ROC-AUC, average precision"],
        ["HasExactDistributions"] = ["were not computed"],
        ["BrierDecomposition"] = ["the splits of log-loss and Brier score"],
        ["LogLossDecomposition"] = ["the splits of log-loss and Brier score"],
        ["LogLossPart"] = ["the splits of log-loss and Brier score"],
        ["DebiasedRootMeanSquare"] = ["debiased calibration error is NaN"],
        ["Loss"] = ["log-loss is infinite"],
        ["PredictedProbability"] = ["count as mistakes"],
    };

    public static TheoryData<string> Inputs => [.. Degenerate.Keys];

    private static Dictionary<string, Func<object>> Degenerate { get; } = new()
    {
        ["no rows"] = () => Multiclass([], []),
        ["scores that are all NaN"] = () => Multiclass([0, 1], [[NaN, NaN, NaN], [NaN, NaN, NaN]]),
        ["one row"] = () => Multiclass([0], [[0.5, 0.25, 0.25]]),
        ["one class occurs"] = () => Multiclass([1, 1, 1], Draw(3, 3)),
        ["one class in all"] = () => Multiclass([0, 0], [[1], [1]]),
        ["a class that does not occur but is predicted"] = () => Multiclass([0, 0, 1], [[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1]]),
        ["a class that is not there at all"] = () => Multiclass([0, 1, 0, 1], [[0.6, 0.3, 0.1], [0.3, 0.6, 0.1], [0.6, 0.3, 0.1], [0.6, 0.3, 0.1]]),
        ["a class that is never predicted"] = () => Multiclass([0, 1, 2, 0], [.. Enumerable.Repeat(new[] { 0.5, 0.25, 0.25 }, 4)]),
        ["31 classes"] = () => Multiclass([.. Enumerable.Range(0, 62).Select(i => i % 31.0)], Draw(62, 31)),
        ["no one-versus-rest"] = () => Multiclass([0, 1, 2, 0, 1, 2], Draw(6, 3), new() { OneVersusRest = false }),
        ["1001 classes"] = () => Multiclass([0, 1, 2], Draw(3, 1001)),
        ["a prior that rules a class out"] = () => Multiclass([0, 1, 2, 0, 1, 2], Draw(6, 3), new() { Prior = Prior("0", "1") }),
        ["a prior of other classes"] = () => Multiclass([0, 1, 2, 0, 1, 2], Draw(6, 3), new() { Prior = Prior("cat", "dog") }),
        ["nothing but mistakes"] = () => Multiclass(
            [0, 1], [[NaN, NaN, NaN], [NaN, NaN, NaN]], new() { InvalidScore = BadRowPolicy.CountAsMistake }),
        ["a mistake"] = () => Multiclass(
            [0, 1, 2, 2], [.. Draw(3, 3), [NaN, NaN, NaN]], new() { InvalidScore = BadRowPolicy.CountAsMistake }),
        ["an impossible logit"] = () => Multiclass([0, 1, 2], [[double.NegativeInfinity, 0, -1], [0, 1, -1], [0, -1, 1]]),
        ["logits far apart"] = () => Multiclass([0, 1, 2], [[-10_000, 0, 10_000], [-10_000, 0, 10_000], [-10_000, 0, 10_000]]),
        ["logits taken for probabilities"] = () => Multiclass(
            [0, 1, 2], [[3, -1, 2], [1, 4, -2], [-1, 2, 3]], new() { ScoresAreLogits = false }),
        ["a weight that outweighs all others"] = () => Weighted([0, 1, 2], Draw(3, 3), [1, 1e-300, 1e-300]),
        ["as many rows as bins"] = () => Multiclass([.. Enumerable.Range(0, 12).Select(i => i % 3.0)], Draw(12, 3)),
        ["rounded to 0"] = () => Multiclass([0, 1, 2], [[0, 0.5, 0.5], [1, 0, 0], [0.25, 0.5, 0.25]]),
        ["binary, no rows"] = () => Binary([], []),
        ["binary, one row"] = () => Binary([1], [0.75]),
        ["binary, one class"] = () => Binary([1, 1, 1], [0.75, 0.5, 0.25]),
        ["binary, always the same"] = () => Binary([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5]),
        ["binary, always right"] = () => Binary([1, 0], [1, 0]),
        ["binary, certain and wrong"] = () => Binary([1, 0], [0, 1]),
        ["binary, no class"] = () => Binary([NaN, 3], [0.5, 0.5]),
        ["multi-label, no rows"] = () => MultiLabel([], []),
        ["multi-label, one row"] = () => MultiLabel([[1, 0]], [[0.75, 0.5]]),
        ["multi-label, a label without answers"] = () => MultiLabel([[1, NaN], [0, NaN]], [[0.75, 0.5], [0.5, 0.25]]),
        ["multi-label, never yes"] = () => MultiLabel([[0, 0], [0, 0]], [[0.25, 0.125], [0.125, 0.25]]),
        ["multi-label, always yes"] = () => MultiLabel([[1, 1], [1, 1]], [[0.75, 0.125], [0.875, 0.75]]),
        ["multi-label, impossible"] = () => MultiLabel([[1, 1], [0, 1]], [[0, 1], [1, 0]]),
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Whatever_is_undefined_has_its_reason(string input)
    {
        List<string> unexplained = [];
        Walk(Degenerate[input](), "", [], unexplained);
        Assert.True(unexplained.Count == 0, string.Join('\n', unexplained));
    }

    /// <summary>The walk sees what is undefined: without their warnings most of these data would not pass.</summary>
    [Fact]
    public void The_walk_finds_what_it_looks_for()
    {
        List<string> unexplained = [];
        Walk(Multiclass([1, 1, 1], Draw(3, 3)).Classes, "", [], unexplained);
        Assert.Contains(unexplained, path => path.Contains("LogLoss", StringComparison.Ordinal));
        Assert.Contains(unexplained, path => path.Contains("RocAuc", StringComparison.Ordinal));
    }

    private static void Walk(object value, string path, IReadOnlyList<string> warnings, List<string> unexplained)
    {
        if (value is IEnumerable items and not string)
        {
            foreach (var item in items)
                Walk(item, $"{path}[]", warnings, unexplained);
            return;
        }
        if (value.GetType().GetProperty("Warnings")?.GetValue(value) is IReadOnlyList<string> own)
            warnings = own;
        // An empty bin says by its weight that it has no mean; an id and segments are there where a column is named.
        // A point of a curve begins with no row at all, of which it has shares.
        if (value is ReliabilityBin { Weight: 0 } or ScoreCurves || value.GetType().Namespace != typeof(CrossEntropyMetrics).Namespace)
            return;
        foreach (var property in value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0 && p.Name is not ("Id" or "Segments")))
            Look(property, property.GetValue(value), $"{path}.{property.Name}", warnings, unexplained);
    }

    private static void Look(PropertyInfo property, object? value, string path, IReadOnlyList<string> warnings, List<string> unexplained)
    {
        // The last interval of losses ends at infinity, as it says.
        var isUndefined = value is null || (value is double x && !double.IsFinite(x) && !(path.EndsWith("ByLoss[].Upper", StringComparison.Ordinal)));
        if (isUndefined && !IsExplained(property.Name, warnings))
            unexplained.Add($"{path} is {value ?? "null"}: {string.Join(" | ", warnings)}");
        else if (value is not (null or string) && !value.GetType().IsEnum)
            Walk(value, path, warnings, unexplained);
    }

    private static bool IsExplained(string property, IReadOnlyList<string> warnings) =>
        warnings.Any(w => w.Contains("every metric is NaN", StringComparison.Ordinal) || w.Contains("every other metric is", StringComparison.Ordinal)
            || Reasons.GetValueOrDefault(property, []).Any(reason => w.Contains(reason, StringComparison.Ordinal)));

    private static double[][] Draw(int rows, int classes)
    {
        Random random = new(rows + classes);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            double[] parts = [.. Enumerable.Range(0, classes).Select(_ => 0.1 + random.NextDouble())];
            return parts.Select(p => p / parts.Sum()).ToArray();
        })];
    }

    private static ReferencePrior Prior(string one, string other) =>
        ReferencePrior.FromClassProbabilities("train", new Dictionary<string, double> { [one] = 0.5, [other] = 0.5 });

    private static MulticlassCrossEntropyMetrics Multiclass(double[] labels, double[][] scores, MulticlassEvaluationOptions? options = null) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(ScoredData.Multiclass(labels, scores), options ?? new());

    private static MulticlassCrossEntropyMetrics Weighted(double[] labels, double[][] scores, double[] weights) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(labels, scores, weights), exampleWeightColumnName: "Weight");

    private static BinaryCrossEntropyMetrics Binary(double[] labels, double[] probabilities) =>
        new MLContext(1).BinaryClassification.EvaluateCrossEntropy(ScoredData.Binary(labels, probabilities), scoreColumnName: null);

    private static MultiLabelCrossEntropyMetrics MultiLabel(double[][] labels, double[][] scores) =>
        new MLContext(1).MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            new InMemoryView.Builder().AddScores("Label", labels, 2).AddScores("Score", scores, 2).Build());
}

using System.Globalization;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>Metrics of small drawn data, the same at each call, for whatever writes metrics down.</summary>
internal static class Evaluated
{
    private static readonly string[] Names = ["ash", "birch", "cedar"];

    /// <summary>Numbers with a decimal comma and points between thousands, as in German, without needing that culture's data.</summary>
    private static readonly CultureInfo Comma = MakeComma();

    /// <summary>What is written is the same in a culture of decimal commas.</summary>
    public static void AssertSameInAnyCulture<T>(Func<T> write)
    {
        var before = CultureInfo.CurrentCulture;
        var expected = write();
        try
        {
            CultureInfo.CurrentCulture = Comma;
            Assert.Equal(expected, write());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    public static MulticlassCrossEntropyMetrics Multiclass(int rows = 400, int classes = 3, string[]? names = null, int seed = 1)
    {
        names ??= classes == Names.Length ? Names : [.. Enumerable.Range(0, classes).Select(k => $"class {k}")];
        Random random = new(seed);
        double[][] scores = [.. Enumerable.Range(0, rows).Select(_ =>
        {
            double[] parts = [.. Enumerable.Range(0, classes).Select(_ => Math.Pow(random.NextDouble(), 6) + 1e-4)];
            return parts.Select(p => p / parts.Sum()).ToArray();
        })];
        // Every other row has the class that the scores favour.
        double[] labels = [.. scores.Select((s, i) => (double)(i % 2 == 0 ? Array.IndexOf(s, s.Max()) : random.Next(classes)))];
        return Multiclass(labels, scores, names);
    }

    /// <summary>An infinite loss, and a class that does not occur.</summary>
    public static MulticlassCrossEntropyMetrics Degenerate() =>
        Multiclass(
            [0, 1, 0],
            [.. new double[][] { [0, 1, 0], [0.25, 0.75, 0], [0.5, 0.25, 0.25] }.Select(row => row.Select(q => Math.Log(q)).ToArray())],
            Names);

    public static MulticlassCrossEntropyMetrics Multiclass(double[] labels, double[][] scores, string[] names) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass(labels, scores, keyCount: names.Length), new MulticlassEvaluationOptions { ClassNames = names });

    public static BinaryCrossEntropyMetrics Binary(int rows = 300)
    {
        Random random = new(2);
        double[] logits = [.. Enumerable.Range(0, rows).Select(_ => 6 * (random.NextDouble() - 0.5))];
        double[] labels = [.. logits.Select(z => random.NextDouble() < 1 / (1 + Math.Exp(-z)) ? 1.0 : 0)];
        return new MLContext(1).BinaryClassification.EvaluateCrossEntropy(
            ScoredData.Binary(labels, null, logits), probabilityColumnName: null);
    }

    public static MultiLabelCrossEntropyMetrics MultiLabel(int rows = 200)
    {
        Random random = new(3);
        double[][] scores = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextDouble()).ToArray())];
        double[][] labels = [.. scores.Select(row => row.Select(q => random.NextDouble() < q ? 1.0 : 0).ToArray())];
        return new MLContext(1).MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            new InMemoryView.Builder().AddScores("Label", labels, 4).AddScores("Score", scores, 4).Build(),
            new MultiLabelEvaluationOptions { LabelNames = ["red", "green", "blue", "loud"] });
    }

    private static CultureInfo MakeComma()
    {
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = culture.NumberFormat.PercentDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = culture.NumberFormat.PercentGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "−";
        return culture;
    }
}

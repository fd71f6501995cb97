using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// How often each class was predicted as each, in rows and in weights, and what follows from it. Per class, a share of
/// nothing is NaN; averages over classes take it as 0 (scikit-learn's zero_division=0), so that a class that is never
/// predicted costs a model something. A class that neither occurs nor is predicted is in no average.
/// </summary>
public sealed class ClassConfusionMatrix
{
    private readonly double[,] _weights;
    private readonly long[,] _rows;
    private readonly double[] _actual;
    private readonly double[] _predicted;
    private readonly double[] _correct;
    private readonly double _total;

    internal ClassConfusionMatrix(IReadOnlyList<string> names, long[,] rows, double[,] weights)
    {
        Names = names;
        _rows = rows;
        _weights = weights;
        var classes = names.Count;
        (_actual, _predicted, _correct) = (new double[classes], new double[classes], new double[classes]);
        for (var k = 0; k < classes; k++)
        {
            CompensatedSum actual = default, predicted = default;
            for (var j = 0; j < classes; j++)
            {
                actual.Add(weights[k, j]);
                predicted.Add(weights[j, k]);
            }
            (_actual[k], _predicted[k], _correct[k]) = (actual.Value, predicted.Value, weights[k, k]);
        }
        _total = CompensatedSum.Of<double>(_actual);
        IdleClasses = Enumerable.Range(0, classes).Count(IsIdle);
        Macro = Average(k => IsIdle(k) ? 0 : 1.0 / (classes - IdleClasses));
        Weighted = Average(k => _actual[k] / _total);
        var correct = CompensatedSum.Of<double>(_correct) / _total;
        Micro = new(correct, correct, correct);
    }

    /// <summary>The classes in the order of rows and columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The mean of recall over the classes that occur: accuracy, were all of them equally frequent.</summary>
    public double BalancedAccuracy
    {
        get
        {
            double[] recalls = [.. Enumerable.Range(0, Names.Count).Where(k => _actual[k] > 0).Select(k => _correct[k] / _actual[k])];
            return recalls.Length == 0 ? double.NaN : recalls.Average();
        }
    }

    /// <summary>Averages in which every class that occurs or is predicted counts the same.</summary>
    public PrecisionRecall Macro { get; }

    /// <summary>Averages in which every row counts the same; with one label a row all three equal the accuracy.</summary>
    public PrecisionRecall Micro { get; }

    /// <summary>Averages weighted by each class's support.</summary>
    public PrecisionRecall Weighted { get; }

    /// <summary>
    /// The Matthews correlation for K classes: with c the correct and s all weight, t and p the actual and predicted weight
    /// of each class, <c>(c s - sum t_k p_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2))</c> (Gorodkin 2004, R_K). NaN
    /// where one class holds all rows or all predictions.
    /// </summary>
    public double MatthewsCorrelation =>
        (CompensatedSum.Of<double>(_correct) * _total - Products(_actual, _predicted))
        / Math.Sqrt((_total * _total - Products(_predicted, _predicted)) * (_total * _total - Products(_actual, _actual)));

    /// <summary>
    /// Cohen's kappa (1960): <c>(accuracy - chance) / (1 - chance)</c>, chance being the accuracy of the same predictions
    /// dealt out at random. NaN where chance is 1.
    /// </summary>
    public double CohenKappa
    {
        get
        {
            var chance = Products(_actual, _predicted) / (_total * _total);
            return (Micro.Recall - chance) / (1 - chance);
        }
    }

    /// <summary>The number of classes that neither occur nor are predicted.</summary>
    internal int IdleClasses { get; }

    /// <summary>All cells as JSON shows them.</summary>
    [JsonInclude, JsonPropertyName("rows")]
    internal long[][] RowCells => Cells(_rows);

    /// <summary>All cells' weights as JSON shows them.</summary>
    [JsonInclude, JsonPropertyName("weights")]
    internal double[][] WeightCells => Cells(_weights);

    /// <summary>
    /// The number of rows of class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>; a soft label counts
    /// as a row of each of its classes.
    /// </summary>
    public long Rows(int actual, int predicted) => _rows[actual, predicted];

    /// <summary>The weight of those rows.</summary>
    public double Weight(int actual, int predicted) => _weights[actual, predicted];

    /// <summary>Precision, recall and F1 of one class; NaN where there is nothing to take a share of.</summary>
    public PrecisionRecall OfClass(int k) => PrecisionRecall.Of(_correct[k], _predicted[k], _actual[k]);

    /// <summary>
    /// The row counts as a table, true classes down, predicted ones across; long names are cut, and of many classes the first are
    /// shown.
    /// </summary>
    public override string ToString() => MetricsTables.Text(this);

    private static T[][] Cells<T>(T[,] table) =>
    [
        .. Enumerable.Range(0, table.GetLength(0))
            .Select(i => Enumerable.Range(0, table.GetLength(1)).Select(j => table[i, j]).ToArray()),
    ];

    private static double Products(double[] x, double[] y)
    {
        CompensatedSum sum = default;
        for (var k = 0; k < x.Length; k++)
            sum.Add(x[k] * y[k]);
        return sum.Value;
    }

    private bool IsIdle(int k) => _actual[k] == 0 && _predicted[k] == 0;

    private PrecisionRecall Average(Func<int, double> share)
    {
        double precision = 0, recall = 0, f1 = 0;
        for (var k = 0; k < Names.Count; k++)
        {
            var of = OfClass(k);
            precision += share(k) * ZeroIfUndefined(of.Precision);
            recall += share(k) * ZeroIfUndefined(of.Recall);
            f1 += share(k) * ZeroIfUndefined(of.F1);
        }
        return _total > 0 ? new(precision, recall, f1) : PrecisionRecall.Undefined;

        static double ZeroIfUndefined(double value) => double.IsNaN(value) ? 0 : value;
    }
}

/// <summary>Precision, recall and F1, of one class or averaged over classes.</summary>
public readonly record struct PrecisionRecall
{
    internal PrecisionRecall(double precision, double recall, double f1) => (Precision, Recall, F1) = (precision, recall, f1);

    /// <summary>The share of rows predicted so that are so: TP / (TP + FP).</summary>
    public double Precision { get; }

    /// <summary>The share of rows that are so which were found: TP / (TP + FN).</summary>
    public double Recall { get; }

    /// <summary>Their harmonic mean, 2 TP / (2 TP + FP + FN).</summary>
    public double F1 { get; }

    /// <summary>What is computed from no row at all.</summary>
    internal static PrecisionRecall Undefined => new(double.NaN, double.NaN, double.NaN);

    internal static PrecisionRecall Of(double truePositives, double predicted, double actual) =>
        new(truePositives / predicted, truePositives / actual, 2 * truePositives / (predicted + actual));

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(PrecisionRecall), PrintMembers);
}

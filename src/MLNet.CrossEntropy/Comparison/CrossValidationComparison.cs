using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy;

/// <summary>
/// Two trainers compared over the folds of a cross-validation (or over repeated random splits) by the corrected resampled t-test of
/// Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52. The models of two folds share
/// most of their training rows, so that the plain t-test finds differences where there are none; with J folds of
/// differences d_j the variance of their mean is taken as <c>(1/J + n_test / n_train) sum (d_j - mean)^2 / (J - 1)</c>.
/// </summary>
public sealed record CrossValidationComparison
{
    private CrossValidationComparison(string first, string second, FoldDifference[] folds, double testToTrainRatio, double confidenceLevel)
    {
        (First, Second, Folds, TestToTrainRatio) = (first, second, folds, testToTrainRatio);
        var mean = folds.Average(f => f.Difference);
        var variance = folds.Sum(f => (f.Difference - mean) * (f.Difference - mean)) / (folds.Length - 1);
        MeanDifference = mean;
        DegreesOfFreedom = folds.Length - 1;
        StandardError = Math.Sqrt((1.0 / folds.Length + testToTrainRatio) * variance);
        Interval = StudentT.Interval(mean, StandardError, DegreesOfFreedom, confidenceLevel);
        PValue = StudentT.TwoSidedPValue(mean, StandardError, DegreesOfFreedom);
    }

    /// <summary>The first trainer's name.</summary>
    public string First { get; }

    /// <summary>The second trainer's name.</summary>
    public string Second { get; }

    /// <summary>Their log-losses fold by fold.</summary>
    public IReadOnlyList<FoldDifference> Folds { get; }

    /// <summary>n_test / n_train: 1 / (J - 1) in J-fold cross-validation.</summary>
    public double TestToTrainRatio { get; }

    /// <summary>The mean over folds of first less second, in nats: negative where the first is better.</summary>
    public double MeanDifference { get; }

    /// <summary>Its corrected standard error.</summary>
    public double StandardError { get; }

    /// <summary>J - 1.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>The t interval of <see cref="MeanDifference"/>.</summary>
    public ConfidenceInterval Interval { get; }

    /// <summary>The two-sided p-value of the corrected t-test.</summary>
    public double PValue { get; }

    /// <summary>What can be said by <see cref="PValue"/>.</summary>
    public ComparisonVerdict Verdict =>
        ComparisonSentence.Verdict(MeanDifference, PValue, Interval.Level, allEqual: Folds.All(f => f.Difference == 0));

    /// <summary>The outcome in a sentence.</summary>
    public string Sentence => ComparisonSentence.Of(this);

    /// <summary>Compares two trainers by their log-losses on the same folds.</summary>
    /// <param name="first">The first trainer's name.</param>
    /// <param name="firstLogLosses">Its log-loss in nats on each fold.</param>
    /// <param name="second">The second trainer's name.</param>
    /// <param name="secondLogLosses">Its log-loss on the same folds, in the same order.</param>
    /// <param name="testToTrainRatio">n_test / n_train of a fold; null is that of plain cross-validation, 1 / (J - 1) for J folds.</param>
    /// <param name="confidenceLevel">The confidence of the interval, in (0, 1).</param>
    /// <exception cref="ArgumentException">The lists differ in length or have fewer than two folds, or a log-loss is not
    /// finite.</exception>
    public static CrossValidationComparison Of(
        string first,
        IReadOnlyList<double> firstLogLosses,
        string second,
        IReadOnlyList<double> secondLogLosses,
        double? testToTrainRatio = null,
        double confidenceLevel = 0.95)
    {
        ArgumentException.ThrowIfNullOrEmpty(first);
        ArgumentException.ThrowIfNullOrEmpty(second);
        ArgumentNullException.ThrowIfNull(firstLogLosses);
        ArgumentNullException.ThrowIfNull(secondLogLosses);
        Throw.IfLengthsDiffer(firstLogLosses.Count, secondLogLosses.Count, nameof(firstLogLosses), nameof(secondLogLosses));
        Throw.IfNotBetween(confidenceLevel, 0, 1, nameof(confidenceLevel));
        if (firstLogLosses.Count < 2)
            throw ComparisonErrors.TooFewFolds(firstLogLosses.Count);
        CheckFinite(firstLogLosses, nameof(firstLogLosses));
        CheckFinite(secondLogLosses, nameof(secondLogLosses));
        var ratio = testToTrainRatio ?? 1.0 / (firstLogLosses.Count - 1);
        _ = Guard.Positive(ratio, nameof(testToTrainRatio), "It is the number of test rows over that of training rows");
        return new(first, second, [.. firstLogLosses.Zip(secondLogLosses, (a, b) => new FoldDifference(a, b))], ratio, confidenceLevel);
    }

    /// <inheritdoc cref="CrossEntropyMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The folds as a Markdown table, with the sentence.</summary>
    public string ToMarkdown() => ComparisonTables.Markdown(this);

    /// <summary><see cref="Sentence"/> in one line.</summary>
    public override string ToString() => TextTable.Clean(Sentence);

    private static void CheckFinite(IReadOnlyList<double> logLosses, string name)
    {
        for (var i = 0; i < logLosses.Count; i++)
        {
            if (!double.IsFinite(logLosses[i]))
                throw ComparisonErrors.NotFinite(name, i, logLosses[i]);
        }
    }
}

/// <summary>Two models' log-loss on one fold, in nats.</summary>
public readonly record struct FoldDifference
{
    internal FoldDifference(double firstLogLoss, double secondLogLoss) => (FirstLogLoss, SecondLogLoss) = (firstLogLoss, secondLogLoss);

    /// <summary>That of the first.</summary>
    public double FirstLogLoss { get; }

    /// <summary>That of the second.</summary>
    public double SecondLogLoss { get; }

    /// <summary><see cref="FirstLogLoss"/> less <see cref="SecondLogLoss"/>: negative where the first is better.</summary>
    public double Difference => FirstLogLoss - SecondLogLoss;
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Compares models of which nothing is known but their log-losses on the same folds.</summary>
internal static class FoldComparer
{
    public static CrossEntropyComparison Compare(
        IReadOnlyDictionary<string, IReadOnlyList<double>> logLosses, ComparisonOptions options, double? testToTrainRatio, double level)
    {
        ArgumentNullException.ThrowIfNull(logLosses);
        string[] names = [.. logLosses.Keys];
        options.Check(names);
        Throw.IfNotBetween(level, 0, 1, "confidenceLevel");
        var folds = Count(logLosses.ToDictionary(l => l.Key, l => l.Value.Count));
        var ratio = testToTrainRatio ?? 1.0 / (folds - 1);
        _ = Guard.Positive(ratio, nameof(testToTrainRatio), "It is the number of test rows over that of training rows");

        MulticlassEvaluationOptions evaluation = new() { ConfidenceLevel = level };
        using ModelComparer comparer = new(names, options.WithoutRows(), evaluation, hasFolds: true, seed: 0);
        for (var fold = 0; fold < folds; fold++)
            comparer.Add(fold, [.. names.Select(name => Finite(name, fold, logLosses[name][fold]))]);
        return comparer.ToComparison(ratio);
    }

    /// <summary>The number of folds that all models have.</summary>
    public static int Count(IReadOnlyDictionary<string, int> folds)
    {
        (var first, var count) = folds.First();
        if (count < 2)
            throw ComparisonErrors.TooFewFolds(count);
        var other = folds.FirstOrDefault(f => f.Value != count);
        return other.Key is null ? count : throw ComparisonErrors.FoldCountsDiffer(first, count, other.Key, other.Value);
    }

    private static double Finite(string model, int fold, double logLoss) =>
        double.IsFinite(logLoss) ? logLoss : throw ComparisonErrors.NotFinite(model, fold, logLoss);
}

using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Numerics;


namespace Microsoft.ML;

/// <summary>Comparison of cross-validations on the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Says which of two trainers has the lower log-loss over the folds of a cross-validation, by the corrected t-test of Nadeau and Bengio. The scored
    /// folds are evaluated anew, and those of both trainers must hold the same rows: give CrossValidate the same seed. A fold's log-loss
    /// is the clipped one.
    /// </summary>
    /// <typeparam name="TMetrics">The metrics of the cross-validation, which are not looked at.</typeparam>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="first">The first trainer's name.</param>
    /// <param name="firstFolds">What CrossValidate found for it.</param>
    /// <param name="second">The second trainer's name.</param>
    /// <param name="secondFolds">What CrossValidate found for it on the same folds.</param>
    /// <param name="evaluation">Columns, floor, confidence; null for the defaults.</param>
    /// <exception cref="ArgumentException">The lists differ in length or have fewer than two folds, or a column is absent.</exception>
    /// <exception cref="InvalidOperationException">A fold of one trainer does not hold the rows of the other's.</exception>
    public static CrossValidationComparison CompareCrossValidation<TMetrics>(
        this MulticlassClassificationCatalog catalog,
        string first,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> firstFolds,
        string second,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> secondFolds,
        MulticlassEvaluationOptions? evaluation = null)
        where TMetrics : class =>
        CompareFolds(first, firstFolds, second, secondFolds, scored => catalog.CompareCrossEntropy(scored, FoldOptions, evaluation));

    /// <inheritdoc cref="CompareCrossValidation{TMetrics}(MulticlassClassificationCatalog, string, IReadOnlyList{TrainCatalogBase.CrossValidationResult{TMetrics}}, string, IReadOnlyList{TrainCatalogBase.CrossValidationResult{TMetrics}}, MulticlassEvaluationOptions?)"/>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="first">The first trainer's name.</param>
    /// <param name="firstFolds">What CrossValidate found for it.</param>
    /// <param name="second">The second trainer's name.</param>
    /// <param name="secondFolds">What CrossValidate found for it on the same folds.</param>
    /// <param name="evaluation">Columns, floor, confidence; null for the defaults.</param>
    public static CrossValidationComparison CompareCrossValidation<TMetrics>(
        this BinaryClassificationCatalog catalog,
        string first,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> firstFolds,
        string second,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> secondFolds,
        BinaryEvaluationOptions? evaluation = null)
        where TMetrics : class =>
        CompareFolds(first, firstFolds, second, secondFolds, scored => catalog.CompareCrossEntropy(scored, FoldOptions, evaluation));

    private static ComparisonOptions FoldOptions => new() { BootstrapResamples = 0, ListedRows = 0 };

    private static CrossValidationComparison CompareFolds<TMetrics>(
        string first,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> firstFolds,
        string second,
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>> secondFolds,
        Func<Dictionary<string, IDataView>, CrossEntropyComparison> compare)
        where TMetrics : class
    {
        ArgumentNullException.ThrowIfNull(firstFolds);
        ArgumentNullException.ThrowIfNull(secondFolds);
        Throw.IfLengthsDiffer(firstFolds.Count, secondFolds.Count, nameof(firstFolds), nameof(secondFolds));
        Throw.IfTooFewFolds(firstFolds.Count);
        CrossEntropyComparison[] folds =
        [
            .. firstFolds.Zip(secondFolds, (one, other) => compare(new() { [first] = one.ScoredHoldOutSet, [second] = other.ScoredHoldOutSet })),
        ];
        return CrossValidationComparison.Of(
            first,
            [.. folds.Select(fold => fold.Models[0].ClippedLogLoss)],
            second,
            [.. folds.Select(fold => fold.Models[1].ClippedLogLoss)],
            confidenceLevel: folds[0].ConfidenceLevel);
    }
}

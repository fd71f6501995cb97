using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace Microsoft.ML;

/// <summary>Comparison of models, and of cross-validations, on the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Says which of two or more multiclass models has the lower log-loss on the same rows, and how sure that is: paired differences
    /// with standard
    /// error, t interval and p-value, bootstrap interval, win rate, and the rows that matter most. One streaming pass; each model
    /// reads the data for itself, side by side.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="scoredData">For each model by name the same rows in the same order, scored by it, such as
    /// <c>model.Transform(testData)</c>; groups and ids are those of the first. Classes or labels are matched by name between
    /// models.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows, as in EvaluateCrossEntropy; null for the
    /// defaults. Log-loss reduction and the like are not computed.</param>
    /// <exception cref="ArgumentException">An option makes no sense, a column is absent or of the wrong type, or classes cannot be
    /// matched.</exception>
    /// <exception cref="InvalidOperationException">The models' rows are not the same, or a row is bad and the caller does not tolerate
    /// it.</exception>
    public static CrossEntropyComparison CompareCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        MulticlassEvaluationOptions? evaluation = null) =>
        Compare(catalog, scoredData, comparison, evaluation, static (data, options) => new MulticlassEvaluator(data, options));

    /// <summary>
    /// Says which of two or more binary models has the lower log-loss on the same rows, and how sure that is; see the multiclass
    /// comparison. As long as
    /// a model's scores are its probabilities' logits, its losses come from the scores.
    /// </summary>
    /// <inheritdoc cref="CompareCrossEntropy(MulticlassClassificationCatalog, IReadOnlyDictionary{string, IDataView}, ComparisonOptions?,
    /// MulticlassEvaluationOptions?)"/>
    public static CrossEntropyComparison CompareCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        BinaryEvaluationOptions? evaluation = null) =>
        Compare(catalog, scoredData, comparison, evaluation, static (data, options) => new BinaryEvaluator(data, options));

    /// <summary>
    /// Says which of two or more multi-label models has the lower log-loss, mean over labels, on the same rows, and how sure that is;
    /// see the multiclass comparison.
    /// </summary>
    /// <inheritdoc cref="CompareCrossEntropy(MulticlassClassificationCatalog, IReadOnlyDictionary{string, IDataView}, ComparisonOptions?,
    /// MulticlassEvaluationOptions?)"/>
    public static CrossEntropyComparison CompareMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        MultiLabelEvaluationOptions? evaluation = null) =>
        Compare(catalog, scoredData, comparison, evaluation, static (data, options) => new MultiLabelEvaluator(data, options));

    /// <summary>
    /// Says which of two or more trainers has the lower log-loss over the folds of ML.NET's own CrossValidate, by the corrected t-test of
    /// Nadeau and Bengio (see <see cref="PairedComparison.StandardError"/>). The scored folds are evaluated anew, and those of all
    /// trainers must hold the same rows: give CrossValidate the same seed. CrossValidateCrossEntropy does both at once.
    /// </summary>
    /// <typeparam name="TMetrics">The metrics of the cross-validation, which are not looked at.</typeparam>
    /// <param name="catalog">The catalog.</param>
    /// <param name="results">For each trainer by name what CrossValidate found for it on the same folds.</param>
    /// <param name="comparison">Baseline, all pairs, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence; null for the defaults.</param>
    /// <exception cref="ArgumentException">The lists differ in length or have fewer than two folds, or a column is absent.</exception>
    /// <exception cref="InvalidOperationException">A fold of one trainer does not hold the rows of the other's.</exception>
    public static CrossEntropyComparison CompareCrossValidation<TMetrics>(
        this MulticlassClassificationCatalog catalog,
        IReadOnlyDictionary<string, IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>>> results,
        ComparisonOptions? comparison = null,
        MulticlassEvaluationOptions? evaluation = null)
        where TMetrics : class =>
        CompareFolds(catalog, results, comparison, evaluation, static (data, options) => new MulticlassEvaluator(data, options));

    /// <summary>
    /// Says which of two or more binary trainers has the lower log-loss over the folds of a cross-validation; see the multiclass
    /// comparison.
    /// </summary>
    /// <inheritdoc cref="CompareCrossValidation{TMetrics}(MulticlassClassificationCatalog, IReadOnlyDictionary{string,
    /// IReadOnlyList{TrainCatalogBase.CrossValidationResult{TMetrics}}}, ComparisonOptions?, MulticlassEvaluationOptions?)"/>
    public static CrossEntropyComparison CompareCrossValidation<TMetrics>(
        this BinaryClassificationCatalog catalog,
        IReadOnlyDictionary<string, IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>>> results,
        ComparisonOptions? comparison = null,
        BinaryEvaluationOptions? evaluation = null)
        where TMetrics : class =>
        CompareFolds(catalog, results, comparison, evaluation, static (data, options) => new BinaryEvaluator(data, options));

    private static CrossEntropyComparison CompareFolds<TMetrics, TOptions>(
        TrainCatalogBase catalog,
        IReadOnlyDictionary<string, IReadOnlyList<TrainCatalogBase.CrossValidationResult<TMetrics>>> results,
        ComparisonOptions? comparison,
        TOptions? evaluation,
        Func<IDataView, TOptions, Evaluator> open)
        where TMetrics : class
        where TOptions : EvaluationOptions, new()
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(results);
        return ModelComparer.CompareFolds(
            NativeModels.EnvironmentOf(catalog),
            results.ToDictionary(r => r.Key, r => r.Value.Select(fold => fold.ScoredHoldOutSet).ToArray()),
            comparison ?? new(), evaluation ?? new(), open);
    }

    private static CrossEntropyComparison Compare<TOptions>(
        TrainCatalogBase catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison,
        TOptions? evaluation,
        Func<IDataView, TOptions, Evaluator> open)
        where TOptions : EvaluationOptions, new()
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        return ModelComparer.Compare(NativeModels.EnvironmentOf(catalog), scoredData, comparison ?? new(), evaluation ?? new(), open);
    }
}

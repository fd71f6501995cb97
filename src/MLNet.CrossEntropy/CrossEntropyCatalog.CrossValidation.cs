using System.Linq.Expressions;
using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace Microsoft.ML;

/// <summary>Cross-validation on the catalogs of an <see cref="MLContext"/>, and requirements that results must meet.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Forecasts every row by a model that was fitted without it, and evaluates these forecasts together and fold by fold. The folds are
    /// stratified by the label where the data have it before the estimator; everything that the estimator learns, its transforms
    /// included, it learns without the fold. Fits follow one another, as one estimator may not be able to do several at once; the other
    /// overload makes one for each.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">All rows, the same in each pass.</param>
    /// <param name="estimator">From the data to scores.</param>
    /// <param name="numberOfFolds">The number of folds, at least 2.</param>
    /// <param name="labelColumnName">The true classes or answers in what the estimator makes of the data.</param>
    /// <param name="groupColumnName">Rows of one group are in one fold; null takes rows as independent.</param>
    /// <param name="seed">Deals rows to folds; null draws a seed from the MLContext.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A fold cannot be fitted or evaluated.</exception>
    public static CrossValidation<MulticlassCrossEntropyMetrics> CrossValidateCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string labelColumnName = "Label",
        string? groupColumnName = null,
        int? seed = null) =>
        catalog.CrossValidateCrossEntropy(
            data, One(estimator), Options(numberOfFolds, groupColumnName, seed), new() { LabelColumnName = labelColumnName });

    /// <summary>
    /// Forecasts every row by models that were fitted without it, evaluates these forecasts together and fold by fold, and compares the
    /// models over the folds, which are the same for all. Rows with soft labels or counts, too.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">All rows, the same in each pass.</param>
    /// <param name="estimators">For each model by name what makes its estimator, in the MLContext given to it: it is called once a fold,
    /// so that folds can be fitted at the same time and are the same bits on any number of threads.</param>
    /// <param name="crossValidation">Folds, repeats, groups, comparison; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A fold cannot be fitted or evaluated.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CrossValidation<MulticlassCrossEntropyMetrics> CrossValidateCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        CrossValidationOptions? crossValidation = null,
        MulticlassEvaluationOptions? evaluation = null) =>
        CrossValidate(
            catalog,
            new CrossValidatedTask<MulticlassCrossEntropyMetrics, MulticlassEvaluationOptions>(
                ScoredRows.Open,
                static (rows, options) => new MulticlassEvaluator(rows, options),
                MulticlassEvaluator.Evaluate,
                TaskKind.Multiclass,
                static options => options.ScoresAreLogits),
            data, estimators, crossValidation, evaluation);

    /// <summary>
    /// Forecasts every row by a binary model that was fitted without it, and evaluates these forecasts together and fold by fold; see the
    /// multiclass cross-validation.
    /// </summary>
    /// <inheritdoc cref="CrossValidateCrossEntropy(MulticlassClassificationCatalog, IDataView, IEstimator{ITransformer}, int, string,
    /// string?, int?)"/>
    public static CrossValidation<BinaryCrossEntropyMetrics> CrossValidateCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string labelColumnName = "Label",
        string? groupColumnName = null,
        int? seed = null) =>
        catalog.CrossValidateCrossEntropy(
            data, One(estimator), Options(numberOfFolds, groupColumnName, seed), new() { LabelColumnName = labelColumnName });

    /// <summary>
    /// Forecasts every row by binary models that were fitted without it, evaluates these forecasts together and fold by fold, and compares
    /// the models over the folds; see the multiclass cross-validation.
    /// </summary>
    /// <inheritdoc cref="CrossValidateCrossEntropy(MulticlassClassificationCatalog, IDataView, IReadOnlyDictionary{string,
    /// Func{MLContext, IEstimator{ITransformer}}}, CrossValidationOptions?, MulticlassEvaluationOptions?)"/>
    public static CrossValidation<BinaryCrossEntropyMetrics> CrossValidateCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        CrossValidationOptions? crossValidation = null,
        BinaryEvaluationOptions? evaluation = null) =>
        CrossValidate(
            catalog,
            new CrossValidatedTask<BinaryCrossEntropyMetrics, BinaryEvaluationOptions>(
                BinaryScoredRows.Open,
                static (rows, options) => new BinaryEvaluator(rows, options),
                BinaryEvaluator.Evaluate,
                TaskKind.Binary,
                static _ => false),
            data, estimators, crossValidation, evaluation);

    /// <summary>
    /// Forecasts every row by a multi-label model (several yes-or-no labels a row) that was fitted without it, and evaluates these
    /// forecasts together and fold by fold; see the multiclass cross-validation. The folds are stratified by all answers at once: each
    /// holds its share of the yes and of the no of every label, as nearly as may be.
    /// </summary>
    /// <inheritdoc cref="CrossValidateCrossEntropy(MulticlassClassificationCatalog, IDataView, IEstimator{ITransformer}, int, string,
    /// string?, int?)"/>
    public static CrossValidation<MultiLabelCrossEntropyMetrics> CrossValidateMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string labelColumnName = "Label",
        string? groupColumnName = null,
        int? seed = null) =>
        catalog.CrossValidateMultiLabelCrossEntropy(
            data, One(estimator), Options(numberOfFolds, groupColumnName, seed), new() { LabelColumnName = labelColumnName });

    /// <summary>
    /// Forecasts every row by multi-label models that were fitted without it, evaluates these forecasts together and fold by fold, and
    /// compares the models over the folds; see the multiclass cross-validation.
    /// </summary>
    /// <inheritdoc cref="CrossValidateCrossEntropy(MulticlassClassificationCatalog, IDataView, IReadOnlyDictionary{string,
    /// Func{MLContext, IEstimator{ITransformer}}}, CrossValidationOptions?, MulticlassEvaluationOptions?)"/>
    public static CrossValidation<MultiLabelCrossEntropyMetrics> CrossValidateMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        CrossValidationOptions? crossValidation = null,
        MultiLabelEvaluationOptions? evaluation = null) =>
        CrossValidate(
            catalog,
            new CrossValidatedTask<MultiLabelCrossEntropyMetrics, MultiLabelEvaluationOptions>(
                MultiLabelRows.Open,
                static (rows, options) => new MultiLabelEvaluator(rows, options),
                MultiLabelEvaluator.Evaluate,
                TaskKind.MultiLabel,
                static _ => null),
            data, estimators, crossValidation, evaluation);

    /// <summary>
    /// Lets metrics through that meet all conditions, such as <c>m => m.LogLoss &lt; 0.5</c> or, beyond chance,
    /// <c>m => m.LogLossInterval.Upper &lt; 0.5</c>; made for tests and build servers. A comparison with NaN is not met.
    /// </summary>
    /// <exception cref="RequirementNotMetException">A condition is not met; the message names each such one, and the values
    /// seen.</exception>
    public static TMetrics Require<TMetrics>(this TMetrics metrics, params Expression<Func<TMetrics, bool>>[] conditions)
        where TMetrics : LogLossMetrics =>
        Requirement.Check(metrics, conditions, metrics.Warnings);

    /// <summary>
    /// Lets a comparison through that meets all conditions. With <see cref="CrossEntropyComparison.DifferenceInterval"/>,
    /// <c>c => c.DifferenceInterval("new", "old").Lower &lt;= 0.01</c> is not met where "new" is surely worse by more than 0.01 nats, and
    /// <c>.Upper &lt;= 0.01</c> unless it surely is not.
    /// </summary>
    /// <exception cref="RequirementNotMetException">A condition is not met; the message names each such one, and the values
    /// seen.</exception>
    public static CrossEntropyComparison Require(
        this CrossEntropyComparison comparison, params Expression<Func<CrossEntropyComparison, bool>>[] conditions) =>
        Requirement.Check(comparison, conditions, [.. comparison.Pairs.Select(p => p.Sentence), .. comparison.Warnings]);

    /// <inheritdoc cref="Require(CrossEntropyComparison, Expression{Func{CrossEntropyComparison, bool}}[])"/>
    public static CrossValidation<TMetrics> Require<TMetrics>(
        this CrossValidation<TMetrics> result, params Expression<Func<CrossValidation<TMetrics>, bool>>[] conditions)
        where TMetrics : LogLossMetrics =>
        Requirement.Check(result, conditions, [.. result.Comparison?.Pairs.Select(p => p.Sentence) ?? [], .. result.Warnings]);

    private static Dictionary<string, Func<MLContext, IEstimator<ITransformer>>> One(IEstimator<ITransformer> estimator)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        return new() { ["model"] = _ => estimator };
    }

    private static CrossValidationOptions Options(int folds, string? group, int? seed) =>
        new() { NumberOfFolds = folds, GroupColumnName = group, Seed = seed };

    private static CrossValidation<TMetrics> CrossValidate<TMetrics, TOptions>(
        TrainCatalogBase catalog,
        CrossValidatedTask<TMetrics, TOptions> task,
        IDataView data,
        IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> estimators,
        CrossValidationOptions? options,
        TOptions? evaluation)
        where TMetrics : LogLossMetrics
        where TOptions : EvaluationOptions, new()
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimators);
        return CrossValidator<TMetrics, TOptions>.Run(
            NativeModels.EnvironmentOf(catalog), task, data, estimators, options ?? new(), evaluation ?? new());
    }
}

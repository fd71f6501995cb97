using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.MLNet;


namespace Microsoft.ML;

/// <summary>Comparison of models on the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Says which of two or more multiclass models has the lower log-loss on the same rows, and how sure that is: paired differences with standard
    /// error, t interval and p-value, bootstrap interval, win rate, and the rows that matter most. One streaming pass; each model
    /// reads the data for itself, side by side.
    /// </summary>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="data">Test data, not yet scored, whose rows come in the same order each time.</param>
    /// <param name="models">The models by name. Classes are matched by name between them.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows, as in EvaluateCrossEntropy; null for the defaults. Log-loss reduction and the like are not computed.</param>
    /// <exception cref="ArgumentException">An option makes no sense, a column is absent or of the wrong type, or classes cannot be matched.</exception>
    /// <exception cref="InvalidOperationException">The models' rows are not the same, or a row is bad and the caller does not tolerate it.</exception>
    public static CrossEntropyComparison CompareCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        IReadOnlyDictionary<string, ITransformer> models,
        ComparisonOptions? comparison = null,
        MulticlassEvaluationOptions? evaluation = null) =>
        CompareCrossEntropy(catalog, Scored(data, models), comparison, evaluation);

    /// <inheritdoc cref="CompareCrossEntropy(MulticlassClassificationCatalog, IDataView, IReadOnlyDictionary{string, ITransformer}, ComparisonOptions?, MulticlassEvaluationOptions?)"/>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="scoredData">For each model by name the same rows, scored by it; groups and ids are those of the first.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows; null for the defaults.</param>
    public static CrossEntropyComparison CompareCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        MulticlassEvaluationOptions? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        var columns = evaluation ?? new();
        return ModelComparer.Compare(NativeModels.EnvironmentOf(catalog), [.. scoredData.Select(s => (s.Key, s.Value, columns))], MulticlassModelRows.Open, comparison ?? new());
    }

    /// <inheritdoc cref="CompareCrossEntropy(MulticlassClassificationCatalog, IDataView, IReadOnlyDictionary{string, ITransformer}, ComparisonOptions?, MulticlassEvaluationOptions?)"/>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="scoredData">Rows with the scores of all models.</param>
    /// <param name="scoreColumnNames">For each model by name the column of its scores.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Label column, floor, confidence, and what to do with bad rows; null for the defaults.</param>
    public static CrossEntropyComparison CompareCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView scoredData,
        IReadOnlyDictionary<string, string> scoreColumnNames,
        ComparisonOptions? comparison = null,
        MulticlassEvaluationOptions? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        ArgumentNullException.ThrowIfNull(scoreColumnNames);
        return ModelComparer.Compare(
            NativeModels.EnvironmentOf(catalog),
            [.. scoreColumnNames.Select(s => (s.Key, scoredData, (evaluation ?? new()).WithScoreColumn(s.Value)))],
            MulticlassModelRows.Open,
            comparison ?? new());
    }

    /// <summary>
    /// Says which of two or more binary models has the lower log-loss on the same rows, and how sure that is; see the multiclass comparison. Where the
    /// first rows show a model's score to be its probability's logit, its losses come from the score.
    /// </summary>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="data">Test data, not yet scored, whose rows come in the same order each time.</param>
    /// <param name="models">The models by name.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The models' rows are not the same, or a row is bad and the caller does not tolerate it.</exception>
    public static CrossEntropyComparison CompareCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        IReadOnlyDictionary<string, ITransformer> models,
        ComparisonOptions? comparison = null,
        BinaryEvaluationOptions? evaluation = null) =>
        CompareCrossEntropy(catalog, Scored(data, models), comparison, evaluation);

    /// <inheritdoc cref="CompareCrossEntropy(BinaryClassificationCatalog, IDataView, IReadOnlyDictionary{string, ITransformer}, ComparisonOptions?, BinaryEvaluationOptions?)"/>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="scoredData">For each model by name the same rows, scored by it; groups and ids are those of the first.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows; null for the defaults.</param>
    public static CrossEntropyComparison CompareCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        BinaryEvaluationOptions? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        var columns = evaluation ?? new();
        return ModelComparer.Compare(NativeModels.EnvironmentOf(catalog), [.. scoredData.Select(s => (s.Key, s.Value, columns))], BinaryModelRows.Open, comparison ?? new());
    }

    /// <inheritdoc cref="CompareCrossEntropy(BinaryClassificationCatalog, IDataView, IReadOnlyDictionary{string, ITransformer}, ComparisonOptions?, BinaryEvaluationOptions?)"/>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="scoredData">Rows with the probabilities of all models.</param>
    /// <param name="probabilityColumnNames">For each model by name the column of its probability of the positive class.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Label column, floor, confidence, and what to do with bad rows; its score and probability columns are not looked at. Null for the defaults.</param>
    public static CrossEntropyComparison CompareCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IDataView scoredData,
        IReadOnlyDictionary<string, string> probabilityColumnNames,
        ComparisonOptions? comparison = null,
        BinaryEvaluationOptions? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        ArgumentNullException.ThrowIfNull(probabilityColumnNames);
        return ModelComparer.Compare(
            NativeModels.EnvironmentOf(catalog),
            [.. probabilityColumnNames.Select(s => (s.Key, scoredData, (evaluation ?? new()).WithProbabilityColumn(s.Value)))],
            BinaryModelRows.Open,
            comparison ?? new());
    }

    /// <summary>Says which of two or more multi-label models has the lower log-loss, mean over labels, on the same rows, and how sure that is; see the multiclass comparison.</summary>
    /// <param name="catalog">The multiclass catalog; ML.NET has none for multi-label models.</param>
    /// <param name="scoredData">For each model by name the same rows, scored by it; groups and ids are those of the first. Labels are matched by name.</param>
    /// <param name="comparison">Baseline, groups, bootstrap; null for the defaults.</param>
    /// <param name="evaluation">Columns, floor, confidence, and what to do with bad rows; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option makes no sense, or a column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The models' rows are not the same, or a row is bad and the caller does not tolerate it.</exception>
    public static CrossEntropyComparison CompareMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IReadOnlyDictionary<string, IDataView> scoredData,
        ComparisonOptions? comparison = null,
        MultiLabelEvaluationOptions? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scoredData);
        var columns = evaluation ?? new();
        return ModelComparer.Compare(NativeModels.EnvironmentOf(catalog), [.. scoredData.Select(s => (s.Key, s.Value, columns))], MultiLabelModelRows.Open, comparison ?? new());
    }

    private static Dictionary<string, IDataView> Scored(IDataView data, IReadOnlyDictionary<string, ITransformer> models)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(models);
        return models.ToDictionary(m => m.Key, m => m.Value.Transform(data));
    }
}

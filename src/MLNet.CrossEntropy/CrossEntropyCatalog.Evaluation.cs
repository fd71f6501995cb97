using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace Microsoft.ML;

/// <summary>Cross-entropy on the catalogs of an <see cref="MLContext"/>.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Evaluates scored multiclass data by cross-entropy in one streaming pass: log-loss with its standard error,
    /// per-class log-loss, accuracy, and where every row went.
    /// </summary>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="data">Scored data, such as <c>model.Transform(testData)</c>.</param>
    /// <param name="labelColumnName">The true classes: a key, text, a number or a Boolean; classes are matched by name.</param>
    /// <param name="scoreColumnName">The scores: a vector of Single, one a class; probabilities or logits.</param>
    /// <param name="exampleWeightColumnName">Row weights, or null for weight 1.</param>
    /// <exception cref="ArgumentException">A column is absent or of the wrong type, or labels and classes cannot be matched.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite, or rows differ in their number of
    /// scores.</exception>
    public static MulticlassCrossEntropyMetrics EvaluateCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null) =>
        EvaluateCrossEntropy(catalog, data, new MulticlassEvaluationOptions
        {
            LabelColumnName = labelColumnName,
            ScoreColumnName = scoreColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
        });

    /// <inheritdoc cref="EvaluateCrossEntropy(MulticlassClassificationCatalog, IDataView, string, string, string?)"/>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="data">Scored data, such as <c>model.Transform(testData)</c>.</param>
    /// <param name="options">Columns, floor, reference prior, and what to do with bad rows.</param>
    public static MulticlassCrossEntropyMetrics EvaluateCrossEntropy(
        this MulticlassClassificationCatalog catalog, IDataView data, MulticlassEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return MulticlassEvaluator.Evaluate(NativeModels.EnvironmentOf(catalog), data, options);
    }

    /// <summary>
    /// Evaluates scored binary data by cross-entropy in one streaming pass. Where the probability is the sigmoid of the
    /// score in every row, losses are computed from the score, a logit, and nothing need be clipped;
    /// <see cref="LogLossMetrics.ScoresUsed"/> says which it was.
    /// </summary>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="data">Scored data, such as <c>model.Transform(testData)</c>.</param>
    /// <param name="labelColumnName">The true classes: a Boolean, a number (0 or 1) or a key of two values.</param>
    /// <param name="scoreColumnName">The raw scores (Single), or null.</param>
    /// <param name="probabilityColumnName">The probabilities of the positive class (Single), or null where the score is itself a
    /// logit.</param>
    /// <param name="exampleWeightColumnName">Row weights, or null for weight 1.</param>
    /// <exception cref="ArgumentException">A column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite.</exception>
    public static BinaryCrossEntropyMetrics EvaluateCrossEntropy(
        this BinaryClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string? scoreColumnName = "Score",
        string? probabilityColumnName = "Probability",
        string? exampleWeightColumnName = null) =>
        EvaluateCrossEntropy(catalog, data, new BinaryEvaluationOptions
        {
            LabelColumnName = labelColumnName,
            ScoreColumnName = scoreColumnName,
            ProbabilityColumnName = probabilityColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
        });

    /// <inheritdoc cref="EvaluateCrossEntropy(BinaryClassificationCatalog, IDataView, string, string?, string?, string?)"/>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="data">Scored data, such as <c>model.Transform(testData)</c>.</param>
    /// <param name="options">Columns, floor, reference prior, and what to do with bad rows.</param>
    public static BinaryCrossEntropyMetrics EvaluateCrossEntropy(
        this BinaryClassificationCatalog catalog, IDataView data, BinaryEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return BinaryEvaluator.Evaluate(NativeModels.EnvironmentOf(catalog), data, options);
    }

    /// <summary>
    /// Evaluates a multi-label model (several yes-or-no labels a row) by cross-entropy in one streaming pass: each label as a
    /// binary model, and log-loss, Hamming loss, subset accuracy, micro and macro F1 over all.
    /// </summary>
    /// <param name="catalog">The multiclass catalog; ML.NET has none for multi-label models.</param>
    /// <param name="data">Scored data.</param>
    /// <param name="labelColumnName">The labels: a vector of Booleans or Singles (0, 1 or a share of yes).</param>
    /// <param name="scoreColumnName">The scores: a vector of Single, one a label; probabilities of yes, or logits.</param>
    /// <param name="exampleWeightColumnName">Row weights, or null for weight 1.</param>
    /// <exception cref="ArgumentException">A column is absent or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A weight is negative or not finite.</exception>
    public static MultiLabelCrossEntropyMetrics EvaluateMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog,
        IDataView data,
        string labelColumnName = "Label",
        string scoreColumnName = "Score",
        string? exampleWeightColumnName = null) =>
        EvaluateMultiLabelCrossEntropy(catalog, data, new MultiLabelEvaluationOptions
        {
            LabelColumnName = labelColumnName,
            ScoreColumnName = scoreColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
        });

    /// <inheritdoc cref="EvaluateMultiLabelCrossEntropy(MulticlassClassificationCatalog, IDataView, string, string, string?)"/>
    /// <param name="catalog">The multiclass catalog; ML.NET has none for multi-label models.</param>
    /// <param name="data">Scored data.</param>
    /// <param name="options">Columns, floor, and what to do with bad rows.</param>
    public static MultiLabelCrossEntropyMetrics EvaluateMultiLabelCrossEntropy(
        this MulticlassClassificationCatalog catalog, IDataView data, MultiLabelEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return MultiLabelEvaluator.Evaluate(NativeModels.EnvironmentOf(catalog), data, options);
    }
}

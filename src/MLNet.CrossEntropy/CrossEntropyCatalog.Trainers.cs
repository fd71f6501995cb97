using MLNet.CrossEntropy;
using Defaults = MLNet.CrossEntropy.CrossEntropyTrainerOptions.Defaults;

namespace Microsoft.ML;

/// <summary>Cross-entropy trainers and evaluation on MLContext's own catalogs: all of this library starts here.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// Creates a <see cref="SoftmaxCrossEntropyTrainer"/>: a linear multiclass classifier trained by softmax cross-entropy.
    /// </summary>
    /// <param name="catalog">The multiclass trainers of an MLContext.</param>
    /// <param name="labelColumnName">The label: a key of known count.</param>
    /// <param name="featureColumnName">The features: a vector of Single of known length. They need no normalisation.</param>
    /// <param name="exampleWeightColumnName">The example weights (Single); null for none.</param>
    /// <param name="l2Regularization">The penalty l2 in <c>mean loss + l2/2 ||W||^2</c>; null has it chosen by rows that are held
    /// out.</param>
    /// <param name="numberOfEpochs">Passes over the training rows; null chooses by their number.</param>
    /// <exception cref="ArgumentException">An argument makes no sense; every problem is named.</exception>
    public static SoftmaxCrossEntropyTrainer SoftmaxCrossEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = Defaults.LabelColumnName,
        string featureColumnName = Defaults.FeatureColumnName,
        string? exampleWeightColumnName = null,
        float? l2Regularization = null,
        int? numberOfEpochs = null)
        => new(catalog, OptionsOf<SoftmaxCrossEntropyTrainer.Options>(
            labelColumnName, featureColumnName, exampleWeightColumnName, l2Regularization, numberOfEpochs));

    /// <summary>Creates a <see cref="SoftmaxCrossEntropyTrainer"/> with all its options.</summary>
    /// <param name="catalog">The multiclass trainers of an MLContext.</param>
    /// <param name="options">The options; the trainer copies them.</param>
    /// <exception cref="ArgumentException">An option makes no sense; every problem is named.</exception>
    public static SoftmaxCrossEntropyTrainer SoftmaxCrossEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        SoftmaxCrossEntropyTrainer.Options options)
        => new(catalog, options);

    /// <summary>
    /// Creates a <see cref="SigmoidCrossEntropyTrainer"/>: logistic regression, trained by sigmoid cross-entropy.
    /// </summary>
    /// <param name="catalog">The binary trainers of an MLContext.</param>
    /// <param name="labelColumnName">The label: Boolean, Single (0, 1, NaN for missing) or a key of two values.</param>
    /// <param name="featureColumnName">The features: a vector of Single of known length. They need no normalisation.</param>
    /// <param name="exampleWeightColumnName">The example weights (Single); null for none.</param>
    /// <param name="l2Regularization">The penalty l2 in <c>mean loss + l2/2 ||W||^2</c>; null has it chosen by rows that are held
    /// out.</param>
    /// <param name="numberOfEpochs">Passes over the training rows; null chooses by their number.</param>
    /// <exception cref="ArgumentException">An argument makes no sense; every problem is named.</exception>
    public static SigmoidCrossEntropyTrainer SigmoidCrossEntropy(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = Defaults.LabelColumnName,
        string featureColumnName = Defaults.FeatureColumnName,
        string? exampleWeightColumnName = null,
        float? l2Regularization = null,
        int? numberOfEpochs = null)
        => new(catalog, OptionsOf<SigmoidCrossEntropyTrainer.Options>(
            labelColumnName, featureColumnName, exampleWeightColumnName, l2Regularization, numberOfEpochs));

    /// <summary>Creates a <see cref="SigmoidCrossEntropyTrainer"/> with all its options.</summary>
    /// <param name="catalog">The binary trainers of an MLContext.</param>
    /// <param name="options">The options; the trainer copies them.</param>
    /// <exception cref="ArgumentException">An option makes no sense; every problem is named.</exception>
    public static SigmoidCrossEntropyTrainer SigmoidCrossEntropy(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        SigmoidCrossEntropyTrainer.Options options)
        => new(catalog, options);

    /// <summary>
    /// Creates a <see cref="MultiLabelSigmoidCrossEntropyTrainer"/>: a linear model that answers several yes-or-no questions
    /// about each row, trained by sigmoid cross-entropy.
    /// </summary>
    /// <param name="catalog">The multiclass trainers of an MLContext; ML.NET has no catalog for multi-label models.</param>
    /// <param name="labelColumnName">The label: a vector of Boolean, or of Single (0, 1, NaN for a missing answer).</param>
    /// <param name="featureColumnName">The features: a vector of Single of known length. They need no normalisation.</param>
    /// <param name="exampleWeightColumnName">The example weights (Single); null for none.</param>
    /// <param name="l2Regularization">The penalty l2 in <c>mean loss + l2/2 ||W||^2</c>; null has it chosen by rows that are held
    /// out.</param>
    /// <param name="numberOfEpochs">Passes over the training rows; null chooses by their number.</param>
    /// <exception cref="ArgumentException">An argument makes no sense; every problem is named.</exception>
    public static MultiLabelSigmoidCrossEntropyTrainer MultiLabelSigmoidCrossEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = Defaults.LabelColumnName,
        string featureColumnName = Defaults.FeatureColumnName,
        string? exampleWeightColumnName = null,
        float? l2Regularization = null,
        int? numberOfEpochs = null)
        => new(catalog, OptionsOf<MultiLabelSigmoidCrossEntropyTrainer.Options>(
            labelColumnName, featureColumnName, exampleWeightColumnName, l2Regularization, numberOfEpochs));

    /// <summary>Creates a <see cref="MultiLabelSigmoidCrossEntropyTrainer"/> with all its options.</summary>
    /// <param name="catalog">The multiclass trainers of an MLContext; ML.NET has no catalog for multi-label models.</param>
    /// <param name="options">The options; the trainer copies them.</param>
    /// <exception cref="ArgumentException">An option makes no sense; every problem is named.</exception>
    public static MultiLabelSigmoidCrossEntropyTrainer MultiLabelSigmoidCrossEntropy(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        MultiLabelSigmoidCrossEntropyTrainer.Options options)
        => new(catalog, options);

    private static TOptions OptionsOf<TOptions>(string label, string features, string? weight, float? l2, int? epochs)
        where TOptions : CrossEntropyTrainerOptions, new() =>
        new()
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            ExampleWeightColumnName = weight,
            L2Regularization = l2,
            NumberOfEpochs = epochs,
        };
}

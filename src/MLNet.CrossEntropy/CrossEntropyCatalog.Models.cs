using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Calibration;
using MLNet.CrossEntropy.MLNet;

namespace Microsoft.ML;

/// <summary>What can be learned of fitted models.</summary>
public static partial class CrossEntropyCatalog
{
    /// <summary>
    /// The weights and biases, by class and feature name, of the linear classifier in <paramref name="model"/>, whoever trained it: a
    /// transformer, or a chain of them (a fitted pipeline, or one that was loaded) with exactly one linear classifier in it.
    /// </summary>
    /// <param name="catalog">The model operations of an MLContext.</param>
    /// <param name="model">The fitted transformer or chain.</param>
    /// <param name="data">
    /// Data such as the model was trained on, from whose features the standard deviations come; null to do without. It goes through
    /// the transformers before the model first.
    /// </param>
    /// <exception cref="ArgumentException">There is no linear classifier in the model, or more than one; or the features in
    /// <paramref name="data"/> are others than the model's.</exception>
    public static LinearCoefficients LinearCoefficients(this ModelOperationsCatalog catalog, ITransformer model, IDataView? data = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        return MLNet.CrossEntropy.LinearCoefficients.Of(FoundModel.In(model, nameof(model)), data);
    }

    /// <summary>
    /// The name of the class that each slot of a score column stands for, whatever the type of the label that the model was trained on:
    /// its values as culture-free text, or the slots' numbers, counted from 0, where the label had none.
    /// </summary>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="scored">Scored data, such as <c>model.Transform(data)</c>.</param>
    /// <param name="scoreColumnName">The scores: a vector of known length.</param>
    /// <exception cref="ArgumentException">There is no such column, or it is no vector of known length.</exception>
    public static IReadOnlyList<string> ScoreClassNames(
        this MulticlassClassificationCatalog catalog, IDataView scored, string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scored);
        var score = ColumnValues.Require(scored.Schema, scoreColumnName, "score");
        if (score.Type is not Data.VectorDataViewType { Size: > 0 and var count })
            throw ColumnErrors.WrongType(score.Name, "score", score.Type, "a vector of known length, one score a class,");
        return AnnotationNames.OfScores(score, count) ?? ClassNames.Numbers(count);
    }

    /// <summary>
    /// Calibrates the linear multiclass model in <paramref name="model"/> by the temperature T that minimises the log-loss of
    /// <c>softmax(z / T)</c>, and folds it into the weights: <c>W / T, b / T</c>. No predicted class changes.
    /// (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks".)
    /// </summary>
    /// <remarks>
    /// The logits <c>z = W x + b</c> are computed from the features, not from scores. Rows with a missing label, one of an unknown class,
    /// or features that are not finite are left out, counted in the result and warned of. Logits of all rows are held in memory.
    /// </remarks>
    /// <param name="catalog">The multiclass catalog.</param>
    /// <param name="model">A fitted transformer, or a chain of them with exactly one linear multiclass model; it is left as it is.</param>
    /// <param name="validationData">Rows that the model was not trained on, as they enter the chain.</param>
    /// <param name="labelColumnName">The true classes, matched by name: a key, text, a number or a Boolean.</param>
    /// <param name="exampleWeightColumnName">Row weights, or null for weight 1.</param>
    /// <exception cref="ArgumentException">A column is absent or of the wrong type, or there is not exactly one linear multiclass
    /// model.</exception>
    /// <exception cref="InvalidOperationException">There is no optimum (the message says why), no usable row, or a bad weight.</exception>
    public static CalibratedModel CalibrateTemperature(
        this MulticlassClassificationCatalog catalog,
        ITransformer model,
        IDataView validationData,
        string labelColumnName = "Label",
        string? exampleWeightColumnName = null)
        => Calibrate(catalog, model, validationData, labelColumnName, exampleWeightColumnName, CalibrationMethod.Temperature);

    /// <summary>
    /// Calibrates the linear multiclass model in <paramref name="model"/> by a scale and an offset for each class that minimise the
    /// log-loss of <c>softmax(a_k z_k + c_k)</c>, and folds them into the weights: <c>a_k W_k, a_k b_k + c_k</c>. Predicted classes may
    /// change. It needs rows of every class.
    /// (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks".)
    /// </summary>
    /// <inheritdoc cref="CalibrateTemperature(MulticlassClassificationCatalog, ITransformer, IDataView, string, string?)"/>
    public static CalibratedModel CalibrateVector(
        this MulticlassClassificationCatalog catalog,
        ITransformer model,
        IDataView validationData,
        string labelColumnName = "Label",
        string? exampleWeightColumnName = null)
        => Calibrate(catalog, model, validationData, labelColumnName, exampleWeightColumnName, CalibrationMethod.Vector);

    /// <summary>
    /// Calibrates the linear binary model in <paramref name="model"/> by the temperature T that minimises the log-loss of
    /// <c>sigmoid(z / T)</c>, and folds it into the weights: <c>w / T, b / T</c>. A Platt calibrator of the model's own is folded in, too;
    /// of a model without one, the score is taken for the logit.
    /// </summary>
    /// <inheritdoc cref="CalibrateTemperature(MulticlassClassificationCatalog, ITransformer, IDataView, string, string?)"/>
    /// <param name="catalog">The binary catalog.</param>
    /// <param name="model">A fitted transformer, or a chain of them with exactly one linear binary model; it is left as it is.</param>
    /// <param name="validationData">Rows that the model was not trained on, as they enter the chain.</param>
    /// <param name="labelColumnName">The true classes: a Boolean, a number (0 or 1) or a key of two values.</param>
    /// <param name="exampleWeightColumnName">Row weights, or null for weight 1.</param>
    public static CalibratedModel CalibrateTemperature(
        this BinaryClassificationCatalog catalog,
        ITransformer model,
        IDataView validationData,
        string labelColumnName = "Label",
        string? exampleWeightColumnName = null)
        => Calibrate(catalog, model, validationData, labelColumnName, exampleWeightColumnName, CalibrationMethod.Temperature);

    /// <summary>
    /// Calibrates the linear binary model in <paramref name="model"/> by Platt's sigmoid, whose scale a and offset c minimise the log-loss
    /// of <c>sigmoid(a z + c)</c>, and folds it into the weights: <c>a w, a b + c</c>. (Platt 1999, "Probabilistic outputs for support
    /// vector machines", by plain maximum likelihood.) Predicted classes may change.
    /// </summary>
    /// <inheritdoc cref="CalibrateTemperature(BinaryClassificationCatalog, ITransformer, IDataView, string, string?)"/>
    public static CalibratedModel CalibratePlatt(
        this BinaryClassificationCatalog catalog,
        ITransformer model,
        IDataView validationData,
        string labelColumnName = "Label",
        string? exampleWeightColumnName = null)
        => Calibrate(catalog, model, validationData, labelColumnName, exampleWeightColumnName, CalibrationMethod.Platt);

    private static CalibratedModel Calibrate(
        TrainCatalogBase catalog,
        ITransformer model,
        IDataView validationData,
        string labelColumnName,
        string? exampleWeightColumnName,
        CalibrationMethod method)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(validationData);
        return LinearCalibration.Fit(
            NativeModels.EnvironmentOf(catalog),
            model,
            validationData,
            labelColumnName,
            exampleWeightColumnName,
            method,
            binary: catalog is BinaryClassificationCatalog);
    }
}

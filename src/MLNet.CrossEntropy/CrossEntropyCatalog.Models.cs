using MLNet.CrossEntropy;
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
    /// <exception cref="ArgumentException">There is no linear classifier in the model, or more than one.</exception>
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
    public static IReadOnlyList<string> ScoreClassNames(this MulticlassClassificationCatalog catalog, IDataView scored, string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scored);
        var score = ColumnValues.Require(scored.Schema, scoreColumnName, "score");
        if (score.Type is not Data.VectorDataViewType { Size: > 0 and var count })
            throw ColumnErrors.WrongType(score.Name, "score", score.Type, "a vector of known length, one score a class,");
        return AnnotationNames.OfScores(score, count) ?? ClassNames.Numbers(count);
    }
}

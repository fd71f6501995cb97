using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>The one linear classifier in a transformer or a chain of them, and where it stands.</summary>
internal sealed class FoundModel
{
    private FoundModel(TransformerPath path, ISingleFeaturePredictionTransformer<object> transformer, LinearModel model)
    {
        Path = path;
        Transformer = transformer;
        Model = model;
    }

    /// <summary>Where in the chain the model's transformer stands.</summary>
    public TransformerPath Path { get; }

    /// <summary>The transformer that predicts with the model.</summary>
    public ISingleFeaturePredictionTransformer<object> Transformer { get; }

    /// <summary>The weights and biases.</summary>
    public LinearModel Model { get; }

    /// <summary>The schema of the data the model was trained on: a saved model keeps it.</summary>
    public DataViewSchema TrainSchema => NativeModels.TrainSchemaOf(Transformer);

    /// <summary>The name of the feature column.</summary>
    public string FeatureColumn => Transformer.FeatureColumnName;

    /// <summary>The score column of a multiclass model, named after its training data.</summary>
    public DataViewSchema.Column ScoreColumn => Transformer.GetOutputSchema(TrainSchema)[NativeModels.ScoreColumnOf(Transformer)];

    /// <summary>Finds the linear classifier in <paramref name="transformer"/>, in chains within chains too.</summary>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    public static FoundModel In(ITransformer transformer, string parameter)
    {
        TransformerPath[] leaves = [.. TransformerPath.Leaves(transformer)];
        FoundModel[] found = [.. leaves.Select(Of).OfType<FoundModel>()];
        return found.Length == 1
            ? found[0]
            : throw ColumnErrors.NotOneLinearModel(parameter, found.Select(f => Name(f.Transformer)), leaves.Select(leaf => Name(leaf.Transformer)));
    }

    /// <summary>The names of a multiclass model's classes, in the order of its scores; null when it has none.</summary>
    public string[]? ClassNames()
        => Model.IsBinary ? null : AnnotationNames.OfScores(ScoreColumn, Model.Biases.Length) ?? Model.ClassNames;

    private static FoundModel? Of(TransformerPath path)
        => path.Transformer is ISingleFeaturePredictionTransformer<object> { Model: { } parameters } transformer && LinearModel.Of(parameters) is { } model
            ? new FoundModel(path, transformer, model)
            : null;

    private static string Name(ITransformer transformer)
        => transformer is IPredictionTransformer<object> { Model: { } model } ? $"a prediction by {NameOf(model.GetType())}" : NameOf(transformer.GetType());

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GenericTypeArguments.Select(NameOf))}>"
        : type.Name;
}

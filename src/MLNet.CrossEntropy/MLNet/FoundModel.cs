using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

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
            : throw ColumnErrors.NotOneLinearModel(
                parameter, found.Select(f => Name(f.Transformer)), leaves.Select(leaf => Name(leaf.Transformer)));
    }

    /// <summary>The column of the model's features in data that comes to it.</summary>
    /// <exception cref="ArgumentException">There is none, or it holds other vectors.</exception>
    public DataViewSchema.Column FeaturesIn(IDataView prepared, string parameter)
    {
        var features = ColumnValues.Require(prepared.Schema, FeatureColumn, "feature");
        return features.Type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single && vector.Size == Model.Features
            ? features
            : throw ColumnErrors.WrongFeatureCountOfModel(parameter, features.Name, features.Type, Model.Features);
    }

    /// <summary>The names of a multiclass model's classes, in the order of its scores; null when it has none.</summary>
    public string[]? ClassNames()
        => Model.IsBinary ? null : AnnotationNames.OfScores(ScoreColumn, Model.Biases.Length) ?? Model.ClassNames;

    private static FoundModel? Of(TransformerPath path)
        => path.Transformer is ISingleFeaturePredictionTransformer<object> { Model: { } parameters } transformer
            && LinearModel.Of(parameters) is { } model
            ? new FoundModel(path, transformer, model)
            : null;

    private static string Name(ITransformer transformer)
        => transformer is IPredictionTransformer<object> { Model: { } model } ? $"a prediction by {NameOf(model.GetType())}"
            : NameOf(transformer.GetType());

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GenericTypeArguments.Select(NameOf))}>"
        : type.Name;
}

/// <summary>What a linear classifier consists of, whichever of ML.NET's model types holds it: logits <c>z = W x + b</c>.</summary>
/// <param name="Weights">W, one vector of [features] for each logit.</param>
/// <param name="Biases">b, one for each logit.</param>
/// <param name="IsBinary">Whether the one logit is that of a positive class, and not the first of several classes.</param>
/// <param name="ClassNames">The names that the model itself knows; null when it knows none.</param>
internal sealed record LinearModel(float[][] Weights, float[] Biases, bool IsBinary, string[]? ClassNames)
{
    /// <summary>The number of features.</summary>
    public int Features => Weights[0].Length;

    /// <summary>
    /// The linear classifier that <paramref name="parameters"/> are, or null. Platt's sigmoid <c>1 / (1 + exp(slope s + offset))</c>
    /// is folded into the weights, whose logit is then <c>-slope s - offset</c>.
    /// </summary>
    public static LinearModel? Of(object parameters) => parameters switch
    {
        LinearMulticlassModelParametersBase model => OfClasses(model),
        LinearBinaryModelParameters model => new([[.. model.Weights]], [model.Bias], IsBinary: true, ClassNames: null),
        CalibratedModelParametersBase { SubModel: LinearBinaryModelParameters model, Calibrator: PlattCalibrator platt }
            => Calibrated(model, platt),
        _ => null,
    };

    private static LinearModel OfClasses(LinearMulticlassModelParametersBase model)
    {
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        return new(
            [.. weights.Take(classes).Select(row => row.DenseValues().ToArray())], [.. model.GetBiases()],
            IsBinary: false, NativeModels.LabelNamesOf(model));
    }

    private static LinearModel Calibrated(LinearBinaryModelParameters model, PlattCalibrator platt) => new(
        [[.. model.Weights.Select(weight => (float)(-platt.Slope * weight))]],
        [(float)(-platt.Slope * model.Bias - platt.Offset)],
        IsBinary: true,
        ClassNames: null);
}

/// <summary>Where a transformer stands in a chain that may hold further chains: the way to it from the outermost.</summary>
internal sealed class TransformerPath
{
    private readonly Step[] _steps;

    private TransformerPath(ITransformer transformer, Step[] steps)
    {
        Transformer = transformer;
        _steps = steps;
    }

    /// <summary>The transformer itself, which is no chain.</summary>
    public ITransformer Transformer { get; }

    /// <summary>The transformers that come after it.</summary>
    public IEnumerable<ITransformer> Following
        => _steps.SelectMany(step => step.Parts.Skip(step.Index + 1)).SelectMany(Leaves).Select(path => path.Transformer);

    /// <summary>All transformers in <paramref name="transformer"/> that are no chains, in order.</summary>
    public static IEnumerable<TransformerPath> Leaves(ITransformer transformer) => Leaves(transformer, []);

    /// <summary>
    /// What the transformers before it make of <paramref name="data"/>: those that are for testing, which the label may need.
    /// </summary>
    public IDataView Before(IDataView data)
    {
        foreach (var step in _steps)
        {
            for (var i = 0; i < step.Index; i++)
            {
                if ((step.Scopes[i] & TransformerScope.Testing) != TransformerScope.None)
                    data = step.Parts[i].Transform(data);
            }
        }
        return data;
    }

    /// <summary>
    /// The outermost chain with <paramref name="replacement"/> in the transformer's place; the other transformers are shared.
    /// </summary>
    public ITransformer Replace(ITransformer replacement)
        => _steps.Reverse().Aggregate(replacement, (inner, step) => step.With(inner));

    private static IEnumerable<TransformerPath> Leaves(ITransformer transformer, Step[] steps)
    {
        if (transformer is not IEnumerable<ITransformer> chain)
            return [new TransformerPath(transformer, steps)];
        ITransformer[] parts = [.. chain];
        var scopes = NativeModels.ScopesOf(transformer);
        return parts.SelectMany((part, i) => Leaves(part, [.. steps, new Step(transformer.GetType(), parts, scopes, i)]));
    }

    /// <summary>One chain on the way, of a certain type, and which of its parts comes next.</summary>
    private sealed record Step(Type Type, ITransformer[] Parts, TransformerScope[] Scopes, int Index)
    {
        /// <summary>A chain of the same type where the last transformer's still allows it.</summary>
        public ITransformer With(ITransformer part)
        {
            ITransformer[] parts = [.. Parts];
            parts[Index] = part;
            return Type.GenericTypeArguments is [{ } last] && last.IsInstanceOfType(parts[^1])
                ? (ITransformer)Activator.CreateInstance(Type, parts.AsEnumerable(), Scopes.AsEnumerable())!
                : new TransformerChain<ITransformer>(parts, Scopes);
        }
    }
}

using DogCat.Data;
using DogCat.Features;
using DogCat.Pictures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace DogCat;

/// <summary>What a saved model says about a picture: its classes and the probability of each.</summary>
public sealed record Prediction(IReadOnlyList<string> Classes, float[] Probabilities)
{
    /// <summary>The most probable class.</summary>
    public string Answer => Classes[Array.IndexOf(Probabilities, Probabilities.Max())];

    /// <summary>Loads a model saved by this program.</summary>
    /// <exception cref="UserException">The file is missing, no model, or the model of something else.</exception>
    public static ITransformer LoadModel(MLContext ml, string path)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no model file '{path}'. Make one with --save {path}");
        ITransformer model;
        DataViewSchema schema;
        try
        {
            model = ml.Model.Load(path, out schema);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new UserException($"'{path}' is not a model that this ML.NET can load: {exception.Message} ({Host.Description})");
        }
        int? size = (schema?.GetColumnOrNull(nameof(Example.Features))?.Type as VectorDataViewType)?.Size;
        if (size != PictureFeatures.Count)
            throw new UserException($"'{path}' is a model of something else: it takes {size?.ToString() ?? "no"} picture features, and this program computes {PictureFeatures.Count}.");
        return model;
    }

    /// <summary>Asks the model about one picture.</summary>
    public static Prediction Of(MLContext ml, ITransformer model, Picture picture)
    {
        IDataView scored = model.Transform(Example.ToDataView(ml, [new Example { Features = PictureFeatures.Of(picture) }]));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        float[] probabilities = scored.GetColumn<float[]>("Score").Single();
        return new Prediction([.. names.DenseValues().Select(n => n.ToString())], probabilities);
    }
}

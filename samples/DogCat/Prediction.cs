using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using Microsoft.ML.Data;
using PictureFiles;

namespace DogCat;

/// <summary>What a model says about a picture: its classes and the probability of each.</summary>
public sealed record Prediction(IReadOnlyList<string> Classes, float[] Probabilities)
{
    /// <summary>The most probable class.</summary>
    public string Answer => Classes[Array.IndexOf(Probabilities, Probabilities.Max())];

    /// <summary>The probability of the answer.</summary>
    public float Confidence => Probabilities.Max();

    /// <summary>The probability of a class.</summary>
    public float ProbabilityOf(string name) => Probabilities[Classes.ToList().IndexOf(name)];

    /// <summary>Asks the model about one picture of any size.</summary>
    public static Prediction Of(MLContext ml, ITransformer model, FeatureStore store, Picture picture)
    {
        var set = new PictureSet([new LabelledPicture(picture.ToSquare(PictureFeatures.Side), IsDog: false)]);
        var rows = set.ToDataView(ml);
        return Of(model, ml.Transforms.ComputeFeatures(store).Fit(rows).Transform(rows)).Single();
    }

    /// <summary>Asks the model about each row of features.</summary>
    public static IEnumerable<Prediction> Of(ITransformer model, IDataView features) => OfScored(model.Transform(features));

    /// <summary>Reads what a model of classes said about each row.</summary>
    public static IEnumerable<Prediction> OfScored(IDataView scored)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        string[] classes = [.. names.DenseValues().Select(n => n.ToString())];
        return scored.GetColumn<float[]>("Score").Select(probabilities => new Prediction(classes, probabilities));
    }
}

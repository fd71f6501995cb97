using Microsoft.ML;
using PictureFiles;

namespace DogCat.Data;

/// <summary>Pictures to train on or to test with.</summary>
public sealed record PictureSet(IReadOnlyList<LabelledPicture> Items)
{
    /// <summary>How many.</summary>
    public int Count => Items.Count;

    /// <summary>How many dogs.</summary>
    public int Dogs { get; } = Items.Count(e => e.IsDog);

    /// <summary>How many cats.</summary>
    public int Cats => Count - Dogs;

    /// <summary>The pictures without their labels.</summary>
    public IReadOnlyList<Picture> Pictures { get; } = [.. Items.Select(i => i.Picture)];

    /// <summary>For drawn pictures: the probability with which each was labelled "dog".</summary>
    public IReadOnlyList<double>? ProbabilityOfDog { get; } =
        Items.All(i => i.ProbabilityOfDog is not null) ? [.. Items.Select(i => i.ProbabilityOfDog!.Value)] : null;

    /// <summary>The rows as ML.NET sees them.</summary>
    public IDataView ToDataView(MLContext ml) =>
        ml.Data.LoadFromEnumerable(Items.Select(i => new PictureRow { Label = i.Label, IsDog = i.IsDog, Pixels = i.Picture.Rgb.ToArray() }).ToArray());
}

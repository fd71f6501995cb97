using DogCat.Pictures;

namespace DogCat.Features;

/// <summary>The numbers a model sees of a picture: all families of features, one after the other.</summary>
public static class PictureFeatures
{
    /// <summary>Pictures of any size are brought to this many pixels a side first.</summary>
    public const int Side = 32;

    private static readonly IFeatureFamily[] Families =
    [
        new GradientHistograms(Side, cell: 8),
        new GradientHistograms(Side, cell: 4),
        new Thumbnail(side: 8),
        new ColourHistogram(levels: 4),
    ];

    /// <summary>How many numbers.</summary>
    public static int Count { get; } = Families.Sum(f => f.Count);

    /// <summary>The families and their sizes, for people.</summary>
    public static string Description { get; } = string.Join(", ", Families.Select(f => $"{f.Count} of {f.Name}"));

    /// <summary>Computes all features of a picture of any size.</summary>
    public static float[] Of(Picture picture)
    {
        Picture square = picture.ToSquare(Side);
        float[] features = new float[Count];
        int at = 0;
        foreach (IFeatureFamily family in Families)
        {
            family.Compute(square, features.AsSpan(at, family.Count));
            at += family.Count;
        }
        return features;
    }
}

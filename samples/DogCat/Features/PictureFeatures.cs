using DogCat.Features.Patches;
using PictureFiles;

namespace DogCat.Features;

/// <summary>The numbers a model sees of a picture: all families of features, one after the other.</summary>
public sealed class PictureFeatures(PatchFilters filters)
{
    /// <summary>Pictures of any size are brought to this many pixels a side first.</summary>
    public const int Side = 32;

    /// <summary>Goes up whenever a family computes something else, so that features kept on disk are not taken for today's.</summary>
    public const int Version = 1;

    private static readonly IFeatureFamily[] Fixed =
    [
        new GradientHistograms(Side, cell: 8),
        new GradientHistograms(Side, cell: 4),
        new Thumbnail(side: 8),
        new ColourHistogram(levels: 4),
    ];

    /// <summary>How many numbers.</summary>
    public static int Count { get; } = Fixed.Sum(f => f.Count) + PatchResponses.Length;

    /// <summary>What the patches are compared with: the only part that is learned from pictures.</summary>
    public PatchFilters Filters { get; } = filters;

    /// <summary>The families, in the order of their numbers.</summary>
    public IReadOnlyList<IFeatureFamily> Families { get; } = [.. Fixed, new PatchResponses(filters)];

    /// <summary>The families and their sizes, for people.</summary>
    public string Description => string.Join(", ", Families.Select(f => $"{f.Count} of {f.Name}"));

    /// <summary>Computes all features of a picture of any size.</summary>
    public float[] Of(Picture picture)
    {
        var square = picture.ToSquare(Side);
        var features = new float[Count];
        var at = 0;
        foreach (var family in Families)
        {
            family.Compute(square, features.AsSpan(at, family.Count));
            at += family.Count;
        }
        return features;
    }
}

using DogCat.Features;
using Microsoft.ML.Data;

namespace DogCat.Data;

/// <summary>One row of the data: a picture and what it shows.</summary>
public sealed class PictureRow
{
    /// <summary>"cat" or "dog"; empty when it is not known.</summary>
    public string Label { get; set; } = "";

    /// <summary>The same for binary trainers.</summary>
    public bool IsDog { get; set; }

    /// <summary>Red, green and blue of each pixel, row by row.</summary>
    [VectorType(3 * PictureFeatures.Side * PictureFeatures.Side)]
    public byte[] Pixels { get; set; } = [];
}

using PictureFiles;

namespace DogCat.Features;

/// <summary>
/// The picture in fewer pixels, as brightness and two colour differences (blue and red against brightness, ITU-R BT.601),
/// averaged with its mirror image; the left half, as in <see cref="GradientHistograms"/>.
/// </summary>
public sealed class Thumbnail(int side) : IFeatureFamily
{
    /// <inheritdoc/>
    public string Name => $"thumbnail, {side} x {side}";

    /// <inheritdoc/>
    public int Count => 3 * side * (side / 2);

    /// <inheritdoc/>
    public void Compute(Picture picture, Span<float> features)
    {
        var small = picture.ToSquare(side);
        for (int y = 0, i = 0; y < side; y++)
        {
            for (var x = 0; x < side / 2; x++, i += 3)
            {
                var left = small[x, y];
                var right = small[side - 1 - x, y];
                var r = (left[0] + right[0]) / 510f;
                var g = (left[1] + right[1]) / 510f;
                var b = (left[2] + right[2]) / 510f;
                var brightness = 0.299f * r + 0.587f * g + 0.114f * b;
                features[i] = brightness;
                features[i + 1] = b - brightness;
                features[i + 2] = r - brightness;
            }
        }
    }
}

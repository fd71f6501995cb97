using PictureFiles;

namespace DogCat.Features.Patches;

/// <summary>A small square of a picture as a vector: its pixels row by row, red, green and blue of each.</summary>
internal static class Patch
{
    /// <summary>Pixels a side.</summary>
    public const int Side = 6;

    /// <summary>Numbers in the vector.</summary>
    public const int Length = 3 * Side * Side;

    /// <summary>Added to the variance (of 0..255), so that the noise of an even surface is not blown up to a pattern (Coates and Ng 2012).</summary>
    private const float VarianceFloor = 10;

    /// <summary>
    /// Copies the patch whose top left pixel is (x, y) and removes brightness and contrast:
    /// <c>(v - mean v) / sqrt(var v + 10)</c>. Returns the variance that was there.
    /// </summary>
    public static float Normalised(Picture picture, int x, int y, Span<float> patch)
    {
        float sum = 0;
        for (int row = 0, i = 0; row < Side; row++)
        {
            foreach (var value in picture.Rgb.Slice(3 * ((y + row) * picture.Width + x), 3 * Side))
            {
                patch[i++] = value;
                sum += value;
            }
        }
        var mean = sum / Length;
        float squares = 0;
        foreach (ref var value in patch[..Length])
        {
            value -= mean;
            squares += value * value;
        }
        var variance = squares / Length;
        var scale = 1 / MathF.Sqrt(variance + VarianceFloor);
        foreach (ref var value in patch[..Length])
            value *= scale;
        return variance;
    }
}

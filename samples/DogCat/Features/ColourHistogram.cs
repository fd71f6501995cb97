using PictureFiles;

namespace DogCat.Features;

/// <summary>
/// The share of pixels in each of <paramref name="levels"/>^3 boxes of the colour cube; a pixel is divided among the
/// (up to eight) boxes nearest to it, so that a little more light does not change everything. Taken of the whole picture and of its centre.
/// </summary>
public sealed class ColourHistogram(int levels) : IFeatureFamily
{
    private int Boxes => levels * levels * levels;

    /// <inheritdoc/>
    public string Name => $"colours, {levels} levels";

    /// <inheritdoc/>
    public int Count => 2 * Boxes;

    /// <inheritdoc/>
    public void Compute(Picture picture, Span<float> features)
    {
        features.Clear();
        Add(picture, 0, features[..Boxes]);
        Add(picture, picture.Width / 4, features[Boxes..]);
    }

    private void Add(Picture picture, int margin, Span<float> boxes)
    {
        var side = picture.Width - 2 * margin;
        var pixel = 1f / (side * side);
        for (var y = margin; y < margin + side; y++)
            for (var x = margin; x < margin + side; x++)
                AddPixel(picture[x, y], pixel, boxes);
    }

    private void AddPixel(ReadOnlySpan<byte> rgb, float weight, Span<float> boxes)
    {
        (var r, var rUp) = Level(rgb[0]);
        (var g, var gUp) = Level(rgb[1]);
        (var b, var bUp) = Level(rgb[2]);
        for (var corner = 0; corner < 8; corner++)
        {
            int dr = corner & 1, dg = (corner >> 1) & 1, db = corner >> 2;
            var share = (dr == 1 ? rUp : 1 - rUp) * (dg == 1 ? gUp : 1 - gUp) * (db == 1 ? bUp : 1 - bUp);
            boxes[((r + dr) * levels + g + dg) * levels + b + db] += weight * share;
        }
    }

    private (int Level, float Up) Level(byte value)
    {
        var position = value * (levels - 1) / 255f;
        var level = Math.Min((int)position, levels - 2);
        return (level, position - level);
    }
}

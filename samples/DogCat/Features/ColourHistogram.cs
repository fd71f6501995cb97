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
        int side = picture.Width - 2 * margin;
        float pixel = 1f / (side * side);
        for (int y = margin; y < margin + side; y++)
            for (int x = margin; x < margin + side; x++)
                AddPixel(picture[x, y], pixel, boxes);
    }

    private void AddPixel(ReadOnlySpan<byte> rgb, float weight, Span<float> boxes)
    {
        (int r, float rUp) = Level(rgb[0]);
        (int g, float gUp) = Level(rgb[1]);
        (int b, float bUp) = Level(rgb[2]);
        for (int corner = 0; corner < 8; corner++)
        {
            int dr = corner & 1, dg = (corner >> 1) & 1, db = corner >> 2;
            float share = (dr == 1 ? rUp : 1 - rUp) * (dg == 1 ? gUp : 1 - gUp) * (db == 1 ? bUp : 1 - bUp);
            boxes[((r + dr) * levels + g + dg) * levels + b + db] += weight * share;
        }
    }

    private (int Level, float Up) Level(byte value)
    {
        float position = value * (levels - 1) / 255f;
        int level = Math.Min((int)position, levels - 2);
        return (level, position - level);
    }
}

using PictureFiles;

namespace DogCat.Drawing;

/// <summary>Many small pictures in one, row by row.</summary>
public static class ContactSheet
{
    private const int Gap = 2;

    /// <summary>Lays out equally large square pictures in <paramref name="columns"/> columns, each pixel enlarged <paramref name="zoom"/> times.</summary>
    public static Picture Of(IReadOnlyList<Picture> pictures, int columns, int zoom)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pictures.Count);
        int side = pictures[0].Width * zoom;
        int rows = (pictures.Count + columns - 1) / columns;
        int width = columns * (side + Gap);
        byte[] rgb = new byte[3 * width * rows * (side + Gap)];
        Array.Fill(rgb, byte.MaxValue);
        for (int i = 0; i < pictures.Count; i++)
        {
            int left = i % columns * (side + Gap);
            int top = i / columns * (side + Gap);
            for (int y = 0; y < side; y++)
                for (int x = 0; x < side; x++)
                    pictures[i][x / zoom, y / zoom].CopyTo(rgb.AsSpan(3 * ((top + y) * width + left + x)));
        }
        return new Picture(width, rows * (side + Gap), rgb);
    }
}

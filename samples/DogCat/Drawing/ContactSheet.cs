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
        var side = pictures[0].Width * zoom;
        var rows = (pictures.Count + columns - 1) / columns;
        var width = columns * (side + Gap);
        var rgb = new byte[3 * width * rows * (side + Gap)];
        Array.Fill(rgb, byte.MaxValue);
        for (var i = 0; i < pictures.Count; i++)
        {
            var left = i % columns * (side + Gap);
            var top = i / columns * (side + Gap);
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                    pictures[i][x / zoom, y / zoom].CopyTo(rgb.AsSpan(3 * ((top + y) * width + left + x)));
        }
        return new Picture(width, rows * (side + Gap), rgb);
    }
}

namespace PictureFiles;

/// <summary>A picture in memory: <see cref="Width"/> x <see cref="Height"/> pixels of 8-bit red, green, blue, row by row from the top left.</summary>
public sealed class Picture
{
    private readonly byte[] _rgb;

    /// <summary>Takes over <paramref name="rgb"/>, which must hold width x height x 3 bytes and is not copied.</summary>
    public Picture(int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.LongLength != 3L * width * height)
            throw new ArgumentException($"A {width} x {height} picture needs {3L * width * height} bytes, not {rgb.LongLength}.", nameof(rgb));
        Width = width;
        Height = height;
        _rgb = rgb;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>All pixels, [row, column, red|green|blue] flattened.</summary>
    public ReadOnlySpan<byte> Rgb => _rgb;

    /// <summary>The three bytes of one pixel.</summary>
    public ReadOnlySpan<byte> this[int x, int y] => _rgb.AsSpan(3 * (y * Width + x), 3);

    /// <summary>The same picture seen in a mirror (left and right exchanged).</summary>
    public Picture Mirrored()
    {
        byte[] mirrored = new byte[_rgb.Length];
        for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++)
                this[x, y].CopyTo(mirrored.AsSpan(3 * (y * Width + Width - 1 - x)));
        return new Picture(Width, Height, mirrored);
    }
}

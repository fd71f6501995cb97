using System.IO.Compression;

namespace PictureFiles.Png;

/// <summary>
/// Decodes every kind of PNG: grey, RGB, palette, with or without alpha, 1 to 16 bits, interlaced or not
/// (W3C Portable Network Graphics specification, third edition).
/// </summary>
public static class PngDecoder
{
    /// <summary>Adam7: first column, first row, column step and row step of each pass.</summary>
    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int Dx, int Dy)[] OnePass = [(0, 0, 1, 1)];

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether the bytes start like a PNG file.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Decodes a whole PNG file.</summary>
    /// <exception cref="PictureException">The bytes are no PNG, or one that is damaged, truncated or larger than <paramref name="maxPixels"/>.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, int maxPixels) => Decode(file, maxPixels, out _);

    /// <summary>As above, and the alpha of each pixel (0 clear, 255 opaque), row by row; null where the file has none.</summary>
    /// <exception cref="PictureException">The bytes are no PNG, or one that is damaged, truncated or larger than <paramref name="maxPixels"/>.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, int maxPixels, out byte[]? alpha)
    {
        if (!IsPng(file))
            throw new PictureException("not a PNG picture");
        var chunks = PngChunks.Read(file, maxPixels);
        var header = chunks.Header;
        var pixels = new PngPixels(header, chunks.Palette, chunks.Transparency);
        byte[] rgb = new byte[3 * header.Width * header.Height];
        alpha = pixels.MayBeTransparent ? new byte[header.Width * header.Height] : null;
        try
        {
            using var inflated = new ZLibStream(chunks.Data, CompressionMode.Decompress);
            foreach (var pass in header.Interlaced ? Adam7 : OnePass)
                DecodePass(inflated, header, pixels, pass, rgb, alpha);
            // Reading on to the end makes the stream verify its own checksum.
            if (inflated.ReadByte() >= 0)
                throw new PictureException("damaged PNG: more pixels than its header announces");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new PictureException("damaged PNG: its compressed pixels are broken or end too early", exception);
        }
        return new Picture(header.Width, header.Height, rgb);
    }

    private static void DecodePass(Stream inflated, PngHeader header, PngPixels pixels, (int X, int Y, int Dx, int Dy) pass, byte[] rgb, byte[]? alpha)
    {
        int columns = (header.Width - pass.X + pass.Dx - 1) / pass.Dx;
        int rows = (header.Height - pass.Y + pass.Dy - 1) / pass.Dy;
        if (columns <= 0 || rows <= 0)
            return;
        byte[] above = new byte[header.RowBytes(columns)];
        byte[] row = new byte[above.Length];
        for (int r = 0; r < rows; r++)
        {
            int filter = inflated.ReadByte();
            if (filter < 0)
                throw new EndOfStreamException();
            inflated.ReadExactly(row);
            PngFilter.Undo((byte)filter, row, above, header.FilterStride);
            int y = pass.Y + r * pass.Dy;
            for (int c = 0; c < columns; c++)
            {
                int pixel = y * header.Width + pass.X + c * pass.Dx;
                byte opacity = pixels.Convert(row, c, rgb.AsSpan(3 * pixel, 3));
                if (alpha is not null)
                    alpha[pixel] = opacity;
            }
            (row, above) = (above, row);
        }
    }
}

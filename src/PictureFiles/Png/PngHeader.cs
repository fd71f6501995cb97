using System.Buffers.Binary;

namespace PictureFiles.Png;

internal enum PngColour : byte { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6 }

/// <summary>The IHDR chunk: size and layout of the pixels (PNG specification, 11.2.1).</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColour Colour, bool Interlaced)
{
    public int Channels => Colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.Rgba => 4, _ => 1 };

    /// <summary>Distance in bytes between a byte and the one "to its left" that filters look at; at least 1.</summary>
    public int FilterStride => Math.Max(1, Channels * BitDepth / 8);

    public int RowBytes(int width) => checked((int)(((long)width * Channels * BitDepth + 7) / 8));

    public static PngHeader Parse(ReadOnlySpan<byte> data, int maxPixels)
    {
        if (data.Length != 13)
            throw new PictureException($"damaged PNG: a header of {data.Length} bytes instead of 13");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        PictureFile.CheckSize(width, height, maxPixels);
        int depth = data[8];
        var colour = (PngColour)data[9];
        bool allowed = colour switch
        {
            PngColour.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => depth is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!allowed)
            throw new PictureException($"damaged PNG: colour type {data[9]} with {depth} bits does not exist");
        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
            throw new PictureException($"damaged PNG: unknown compression {data[10]}, filter {data[11]} or interlace {data[12]} method");
        return new PngHeader((int)width, (int)height, depth, colour, data[12] == 1);
    }
}

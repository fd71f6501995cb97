namespace PictureFiles.Png;

/// <summary>
/// Turns the samples of a row into 8-bit RGB. Transparent pixels are laid over white; 16-bit samples are rounded;
/// gamma and colour profiles are not applied. What each conversion returns is the pixel's alpha: 0 clear, 255 opaque.
/// </summary>
internal sealed class PngPixels(PngHeader header, byte[] palette, byte[] transparency)
{
    private readonly int _maxSample = (1 << header.BitDepth) - 1;

    /// <summary>Whether any pixel may be less than opaque.</summary>
    public bool MayBeTransparent => transparency.Length > 0 || header.Colour is PngColour.GreyAlpha or PngColour.Rgba;

    public byte Convert(ReadOnlySpan<byte> row, int column, Span<byte> rgb)
    {
        int first = column * header.Channels;
        int alpha;
        switch (header.Colour)
        {
            case PngColour.Palette:
                return FromPalette(Sample(row, first), rgb);
            case PngColour.Grey:
                int grey = Sample(row, first);
                alpha = IsTransparent(grey, 0) ? 0 : _maxSample;
                rgb.Fill(OverWhite(grey, alpha));
                break;
            case PngColour.GreyAlpha:
                alpha = Sample(row, first + 1);
                rgb.Fill(OverWhite(Sample(row, first), alpha));
                break;
            default:
                alpha = header.Colour == PngColour.Rgba ? Sample(row, first + 3) : RgbAlpha(row, first);
                for (int c = 0; c < 3; c++)
                    rgb[c] = OverWhite(Sample(row, first + c), alpha);
                break;
        }
        return (byte)((alpha * 255 + _maxSample / 2) / _maxSample);
    }

    private byte FromPalette(int index, Span<byte> rgb)
    {
        if (3 * index >= palette.Length)
            throw new PictureException($"damaged PNG: colour {index} of a palette of {palette.Length / 3}");
        int alpha = index < transparency.Length ? transparency[index] : 255;
        for (int c = 0; c < 3; c++)
            rgb[c] = (byte)((palette[3 * index + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        return (byte)alpha;
    }

    private int RgbAlpha(ReadOnlySpan<byte> row, int first)
    {
        bool transparent = IsTransparent(Sample(row, first), 0) && IsTransparent(Sample(row, first + 1), 1) && IsTransparent(Sample(row, first + 2), 2);
        return transparent ? 0 : _maxSample;
    }

    private bool IsTransparent(int sample, int channel) =>
        transparency.Length > 0 && sample == ((transparency[2 * channel] << 8) | transparency[2 * channel + 1]);

    private byte OverWhite(int sample, int alpha)
    {
        // The products of two 16-bit samples need 64 bits.
        long max = _maxSample;
        long shown = sample * (long)alpha + max * (max - alpha);
        return (byte)((shown * 255 + max * max / 2) / (max * max));
    }

    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        if (header.BitDepth == 8)
            return row[index];
        if (header.BitDepth == 16)
            return (row[2 * index] << 8) | row[2 * index + 1];
        int bit = index * header.BitDepth;
        return (row[bit >> 3] >> (8 - header.BitDepth - (bit & 7))) & _maxSample;
    }
}

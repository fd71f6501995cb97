using System.Buffers.Binary;
using System.Text;

namespace PictureFiles.Png;

/// <summary>The chunks that matter for the pixels, their checksums verified: header, palette, transparency, compressed data.</summary>
internal sealed class PngChunks
{
    private const int LengthTypeAndCrc = 12;

    public PngHeader Header { get; private set; }
    public byte[] Palette { get; private set; } = [];
    public byte[] Transparency { get; private set; } = [];
    public MemoryStream Data { get; } = new();

    public static PngChunks Read(ReadOnlySpan<byte> file, int maxPixels)
    {
        var chunks = new PngChunks();
        var rest = file[PngDecoder.Signature.Length..];
        bool first = true;
        while (true)
        {
            if (rest.Length < LengthTypeAndCrc)
                throw Truncated();
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - LengthTypeAndCrc)
                throw Truncated();
            var typeAndData = rest.Slice(4, 4 + (int)length);
            string type = Encoding.Latin1.GetString(typeAndData[..4]);
            if (Crc32.Of(typeAndData) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
                throw new PictureException($"damaged PNG: the checksum of its {type} chunk is wrong");
            if (first != (type == "IHDR"))
                throw new PictureException($"damaged PNG: chunk {type} where {(first ? "the header is due" : "a second header is not allowed")}");
            if (type == "IEND")
                return chunks.Checked();
            chunks.Take(type, typeAndData[4..], maxPixels);
            rest = rest[(LengthTypeAndCrc + (int)length)..];
            first = false;
        }
    }

    private void Take(string type, ReadOnlySpan<byte> data, int maxPixels)
    {
        switch (type)
        {
            case "IHDR":
                Header = PngHeader.Parse(data, maxPixels);
                break;
            case "PLTE":
                Palette = data.ToArray();
                break;
            case "tRNS":
                Transparency = data.ToArray();
                break;
            case "IDAT":
                Data.Write(data);
                break;
            default:
                // A capital first letter marks a chunk without which the picture cannot be shown.
                if (char.IsAsciiLetterUpper(type[0]))
                    throw new PictureException($"this PNG needs the unknown chunk {type}");
                break;
        }
    }

    private PngChunks Checked()
    {
        if (Data.Length == 0)
            throw new PictureException("damaged PNG: it holds no pixels");
        if (Header.Colour == PngColour.Palette && (Palette.Length == 0 || Palette.Length % 3 != 0 || Palette.Length > 768))
            throw new PictureException($"damaged PNG: a palette of {Palette.Length} bytes");
        int transparent = Header.Colour switch { PngColour.Grey => 2, PngColour.Rgb => 6, _ => -1 };
        if (transparent > 0 && Transparency.Length != 0 && Transparency.Length != transparent)
            throw new PictureException($"damaged PNG: a transparency chunk of {Transparency.Length} bytes instead of {transparent}");
        Data.Position = 0;
        return this;
    }

    private static PictureException Truncated() => new("truncated PNG: the file ends too early");
}

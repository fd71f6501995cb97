using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PictureFiles.Png;

/// <summary>Writes a picture as an 8-bit RGB PNG.</summary>
public static class PngEncoder
{
    private const byte PaethFilter = 4;

    /// <summary>The bytes of a PNG file that shows <paramref name="picture"/>.</summary>
    public static byte[] Encode(Picture picture)
    {
        using var file = new MemoryStream();
        file.Write(PngDecoder.Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8;
        header[9] = (byte)PngColour.Rgb;
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(picture));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static ReadOnlySpan<byte> Compress(Picture picture)
    {
        int rowBytes = 3 * picture.Width;
        byte[] above = new byte[rowBytes];
        byte[] filtered = new byte[1 + rowBytes];
        filtered[0] = PaethFilter;
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < picture.Height; y++)
            {
                var row = picture.Rgb.Slice(y * rowBytes, rowBytes);
                for (int i = 0; i < rowBytes; i++)
                {
                    int left = i >= 3 ? row[i - 3] : 0;
                    int upLeft = i >= 3 ? above[i - 3] : 0;
                    filtered[1 + i] = (byte)(row[i] - PngFilter.Paeth(left, above[i], upLeft));
                }
                deflate.Write(filtered);
                row.CopyTo(above);
            }
        }
        return compressed.ToArray();
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.Latin1.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Of(chunk.AsSpan(4, 4 + data.Length)));
        file.Write(chunk);
    }
}

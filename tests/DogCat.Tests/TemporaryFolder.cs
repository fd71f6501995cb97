using System.Buffers.Binary;
using SkiaSharp;

namespace DogCat.Tests;

/// <summary>
/// A folder that is gone after the test, and the picture files that tests put there: made by Skia, as photographs would be.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dogcat");

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The full name of something in the folder.</summary>
    public string At(params string[] parts) => Path.Combine([FullName, .. parts]);

    /// <summary>Makes a folder within it.</summary>
    public string Make(params string[] parts) => Directory.CreateDirectory(At(parts)).FullName;

    /// <summary>A file with these bytes; its path.</summary>
    public string Write(byte[] bytes, params string[] parts)
    {
        File.WriteAllBytes(At(parts), bytes);
        return At(parts);
    }

    /// <summary>Fills SET/{cat,dog} with JPEGs: cats are discs and dogs are squares, in colours and places that say nothing.</summary>
    public void FillWithPhotographs(int perClass, params string[] sets)
    {
        var random = new Random(perClass);
        foreach (var set in sets)
        {
            foreach (var label in (string[])["cat", "dog"])
            {
                Make(set, label);
                for (var i = 0; i < perClass; i++)
                    Write(Encode(Photograph(random, label == "dog"), SKEncodedImageFormat.Jpeg), set, label, $"{i:D3}.jpg");
            }
        }
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using (bitmap)
        using (var data = bitmap.Encode(format, quality: 95))
            return data.ToArray();
    }

    /// <summary>A picture whose four quarters are red, green, blue and yellow, from left to right and from top to bottom.</summary>
    public static SKBitmap Quarters(int width, int height)
    {
        var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        SKColor[] colours = [SKColors.Red, SKColors.Lime, SKColors.Blue, SKColors.Yellow];
        for (var i = 0; i < 4; i++)
        {
            using var paint = new SKPaint { Color = colours[i] };
            canvas.DrawRect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2, paint);
        }
        return bitmap;
    }

    /// <summary>The JPEG with EXIF's tag Orientation (0x112), in a segment APP1 of its own.</summary>
    public static byte[] WithOrientation(byte[] jpeg, ushort orientation)
    {
        byte[] exif = [.. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(exif.Length + 2));
        return [.. jpeg[..2], 0xFF, 0xE1, .. length, .. exif, .. jpeg[2..]];
    }

    /// <summary>
    /// An 8 x 8 JPEG of four inks in one colour, as printers want it and Skia does not write it: one block each, its mean alone. By Adobe's
    /// custom 255 means no ink.
    /// </summary>
    public static byte[] CmykJpeg(byte cyan, byte magenta, byte yellow, byte key)
    {
        List<byte> bytes = [0xFF, 0xD8];
        Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(0xC0, [8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
        // Sizes 0 to 11 of a mean have codes of four bits, the end of a block one of a single bit.
        Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        Segment(0xC4, [0x10, 1, .. new byte[15], 0]);
        Segment(0xDA, [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        var bits = "";
        foreach (var ink in (ReadOnlySpan<byte>)[cyan, magenta, yellow, key])
        {
            var mean = 8 * (ink - 128);
            var size = mean == 0 ? 0 : int.Log2(Math.Abs(mean)) + 1;
            var value = mean < 0 ? mean + (1 << size) - 1 : mean;
            bits += $"{size:B4}" + (size == 0 ? "" : value.ToString($"B{size}")) + "0";
        }
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        for (var i = 0; i < bits.Length; i += 8)
        {
            bytes.Add(Convert.ToByte(bits[i..(i + 8)], 2));
            if (bytes[^1] == 0xFF)
                bytes.Add(0);
        }
        return [.. bytes, 0xFF, 0xD9];

        void Segment(byte marker, byte[] content) =>
            bytes.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);
    }

    private static SKBitmap Photograph(Random random, bool isDog)
    {
        var bitmap = new SKBitmap(96, 80);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Colour());
        using var paint = new SKPaint { Color = Colour(), IsAntialias = true };
        (var x, var y, var radius) = (random.Next(35, 60), random.Next(30, 50), random.Next(18, 28));
        if (isDog)
            canvas.DrawRect(x - radius, y - radius, 2 * radius, 2 * radius, paint);
        else
            canvas.DrawCircle(x, y, radius, paint);
        return bitmap;

        SKColor Colour() => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
    }
}

using System.Buffers.Binary;
using SkiaSharp;

namespace DogCat.Tests;

/// <summary>A folder that is gone after the test, and the picture files that tests put there, made by Skia.</summary>
public class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dogcat");

    public string FullName => _folder.FullName;

    public virtual void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

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
        foreach (var folder in sets.SelectMany(set => (string[])[Make(set, "cat"), Make(set, "dog")]))
            for (var i = 0; i < perClass; i++)
                Write(Encode(Photograph(random, folder.EndsWith('g')), SKEncodedImageFormat.Jpeg), folder, $"{i:D3}.jpg");
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using (bitmap)
        using (var data = bitmap.Encode(format, quality: 95))
            return data.ToArray();
    }

    /// <summary>A file whose picture's quarters are red, green, blue and yellow, from left to right and from top to bottom.</summary>
    public static byte[] Quarters(int width, int height, SKEncodedImageFormat format = SKEncodedImageFormat.Jpeg)
    {
        var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        SKColor[] colours = [SKColors.Red, SKColors.Lime, SKColors.Blue, SKColors.Yellow];
        for (var i = 0; i < 4; i++)
        {
            using var paint = new SKPaint { Color = colours[i] };
            canvas.DrawRect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2, paint);
        }
        return Encode(bitmap, format);
    }

    /// <summary>The JPEG with EXIF's tag Orientation (0x112), in a segment APP1 of its own.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif = [.. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(exif.Length + 2));
        return [.. jpeg[..2], 0xFF, 0xE1, .. length, .. exif, .. jpeg[2..]];
    }

    /// <summary>
    /// An 8 x 8 JPEG of four inks in one colour, as printers want it and Skia does not write it. By Adobe's custom 255 means no ink. Each ink
    /// is one block of its mean alone, 8 (ink - 128), in 10 bits (after the code 00) or 11 (01); 0 ends the block.
    /// </summary>
    public static byte[] CmykJpeg(params byte[] inks)
    {
        byte[] header =
        [
            0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0,
            0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
            0xFF, 0xC0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0,
            0xFF, 0xC4, 0, 21, 0x00, 0, 2, .. new byte[14], 10, 11, 0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0,
            0xFF, 0xDA, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0,
        ];
        var bits = string.Concat(inks.Select(ink => ink == 255 ? "0011111110000" : "01011111111110")).PadRight(56, '1');
        var blocks = bits.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2)).SelectMany(b => b == 0xFF ? (byte[])[b, 0] : [b]);
        return [.. header, .. blocks, 0xFF, 0xD9];
    }

    private static SKBitmap Photograph(Random random, bool isDog)
    {
        var bitmap = new SKBitmap(96, 80);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Colour());
        using var paint = new SKPaint { Color = Colour(), IsAntialias = true };
        (var x, var y, var radius) = (random.Next(35, 60), random.Next(30, 50), random.Next(18, 28));
        canvas.DrawRoundRect(x - radius, y - radius, 2 * radius, 2 * radius, isDog ? 0 : radius, isDog ? 0 : radius, paint);
        return bitmap;

        SKColor Colour() => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
    }
}

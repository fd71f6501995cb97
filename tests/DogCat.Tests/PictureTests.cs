using System.Buffers.Binary;
using Microsoft.ML.Data;
using SkiaSharp;

namespace DogCat.Tests;

public sealed class PictureTests : TemporaryFolder
{
    private const string Quartered = "red green blue yellow";

    /// <summary>EXIF's ways of holding a camera, from 1: where the quarters go that lie in the file as red, green, blue, yellow.</summary>
    private static readonly string[] Held =
    [
        Quartered, "green red yellow blue", "yellow blue green red", "blue yellow red green",
        "red blue green yellow", "blue red yellow green", "yellow green blue red", "green yellow red blue",
    ];

    [Fact]
    public void Pictures_are_read_as_they_are_upright_in_colours_and_on_white()
    {
        (byte[] File, (int, int) Size, string Corners)[] pictures =
        [
            (Quarters(64, 48, SKEncodedImageFormat.Png), (64, 48), Quartered),
            (Quarters(64, 48, SKEncodedImageFormat.Jpeg), (64, 48), Quartered),
            (Quarters(64, 48, SKEncodedImageFormat.Webp), (64, 48), Quartered),
            .. Held.Select((corners, i) => (WithOrientation(Quarters(64, 32), (byte)(i + 1)), i < 4 ? (64, 32) : (32, 64), corners)),
            (CmykJpeg(255, 255, 255, 255), (8, 8), "white white white white"),
            (CmykJpeg(255, 255, 255, 0), (8, 8), "black black black black"), (CmykJpeg(255, 0, 0, 255), (8, 8), "red red red red"),
            (CmykJpeg(0, 0, 255, 255), (8, 8), "blue blue blue blue"),
            (Encode(new SKBitmap(8, 8, SKColorType.Gray8, SKAlphaType.Opaque), SKEncodedImageFormat.Jpeg), (8, 8), "black black black black"),
            (Encode(new SKBitmap(16, 16), SKEncodedImageFormat.Png), (16, 16), "white white white white"),
        ];
        Assert.All(pictures, expected =>
        {
            using var image = PictureFile.Read(Write(expected.File, "picture"));
            Assert.Equal((expected.Size, expected.Corners), ((image.Width, image.Height), Corners(image)));
        });
    }

    [Fact]
    public void Large_photographs_are_decoded_smaller()
    {
        using var image = PictureFile.Read(Write(Quarters(2400, 1600), "large.jpg"));
        Assert.InRange(image.Height, 400, 600);
        Assert.Equal(1.5, (double)image.Width / image.Height, 0.01);
        Assert.Equal(Quartered, Corners(image));
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        (var jpeg, var png) = (Quarters(640, 480), Quarters(640, 480, SKEncodedImageFormat.Png));
        const string none = "this is no picture that can be read (JPEG, PNG, WebP, GIF and BMP can)";
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        (byte[] File, string Reason)[] unusable =
        [
            ([], "the file is empty"), (jpeg[..(jpeg.Length * 3 / 4)], "the file is cut off"),
            (png[..(png.Length * 3 / 4)], "the file is cut off"), ("a text"u8.ToArray(), none),
            // A header alone, which asks for 3.6 gigabytes.
            (WithSize(png, 30_000, 30_000), "it has 30,000 x 30,000 pixels, more than 50,000,000"),
            (WithSize(png, 1, 100_000), "it has 1 x 100,000 pixels, more than 65,535 in a row or column"),
            // 4 KB that ask for 1 x 2,000,000 grey pixels, more rows than the decoder of PNG takes.
            ([.. WithSize(png, 1, 2_000_000, colours: 0), .. new byte[4_000]], none),
            ([.. jpeg[..^2], .. Enumerable.Repeat(scan, 4_000).SelectMany(bytes => bytes), 0xFF, 0xD9],
                "it has 4,001 scans, too many to be decoded"),
        ];
        Assert.All(unusable, one => Assert.Equal(one.Reason, Reason(Write(one.File, "picture"))));
        Assert.Equal("there is no such file", Reason(At("nobody.jpg")));
        Assert.Equal("this is a folder", Reason(FullName));
        var loop = At("loop.jpg");
        File.CreateSymbolicLink(loop, loop);
        Assert.NotEqual("", Reason(loop));
        // A file that never ends, behind a link of nine letters.
        if (File.Exists("/dev/zero"))
            Assert.Equal("the file is empty", Reason(File.CreateSymbolicLink(At("endless.png"), "/dev/zero").FullName));

        // One decoder reads over what stands between two pieces of a picture, another ends there.
        var at = png.AsSpan().IndexOf("IDAT"u8);
        byte[] text = [0, 0, 0, 5, .. "tEXta\0bcd"u8];
        var end = at + 4 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at - 4)) + 4;
        var split = Write([.. png[..end], .. text, .. Crc(text[4..]), .. png[(at - 4)..]], "split.png");
        if (Record.Exception(() => PictureFile.Read(split).Dispose()) is { } refusal)
            Assert.IsType<UserException>(refusal);

        static string Reason(string path) => Assert.Throws<UserException>(() => PictureFile.Read(path)).Message;
    }

    /// <summary>The PNG with another size in its header: of three colours (2) or of grey (0).</summary>
    private static byte[] WithSize(byte[] png, int width, int height, byte colours = 2)
    {
        byte[] header = [.. "IHDR"u8, .. BigEndian(width), .. BigEndian(height), 8, colours, 0, 0, 0];
        return [.. png[..12], .. header, .. Crc(header), .. png[33..]];
    }

    private static byte[] Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = Enumerable.Range(0, 8).Aggregate(crc ^ b, (c, _) => c >> 1 ^ (c & 1) * 0xEDB88320);
        return BigEndian((int)~crc);
    }

    private static byte[] BigEndian(int number) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(number));

    /// <summary>The colours in the middle of the four quarters, left to right and top to bottom.</summary>
    private static string Corners(MLImage image)
    {
        var pixels = image.Pixels.ToArray();
        string[] names = ["black", "blue", "green", "cyan", "red", "magenta", "yellow", "white"];
        (int X, int Y)[] places = [(1, 1), (3, 1), (1, 3), (3, 3)];
        return string.Join(' ', places.Select(p => 4 * (p.Y * image.Height / 4 * image.Width + p.X * image.Width / 4))
            .Select(at => names[(pixels[at] >> 7) * 4 + (pixels[at + 1] >> 7) * 2 + (pixels[at + 2] >> 7)]));
    }
}

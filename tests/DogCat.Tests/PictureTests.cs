using System.Buffers.Binary;
using Microsoft.ML.Data;
using SkiaSharp;

namespace DogCat.Tests;

public sealed class PictureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Pictures_are_read_as_they_are(SKEncodedImageFormat format)
    {
        using var image = PictureFile.Read(_folder.Write(TemporaryFolder.Encode(TemporaryFolder.Quarters(64, 48), format), "picture"));
        Assert.Equal((64, 48), (image.Width, image.Height));
        Assert.Equal("red green blue yellow", Corners(image));
    }

    /// <summary>EXIF's eight ways of holding a camera: where the quarters go that lie in the file as red, green, blue, yellow.</summary>
    [Theory]
    [InlineData(1, "red green blue yellow")]
    [InlineData(2, "green red yellow blue")]
    [InlineData(3, "yellow blue green red")]
    [InlineData(4, "blue yellow red green")]
    [InlineData(5, "red blue green yellow")]
    [InlineData(6, "blue red yellow green")]
    [InlineData(7, "yellow green blue red")]
    [InlineData(8, "green yellow red blue")]
    public void Photographs_are_set_upright(ushort orientation, string expected)
    {
        var jpeg =
            TemporaryFolder.WithOrientation(
            TemporaryFolder.Encode(TemporaryFolder.Quarters(64, 32), SKEncodedImageFormat.Jpeg), orientation);
        using var image = PictureFile.Read(_folder.Write(jpeg, "turned.jpg"));
        Assert.Equal(orientation < 5 ? (64, 32) : (32, 64), (image.Width, image.Height));
        Assert.Equal(expected, Corners(image));
    }

    [Theory]
    [InlineData(255, 255, 255, 255, "white")]
    [InlineData(255, 255, 255, 0, "black")]
    [InlineData(255, 0, 0, 255, "red")]
    [InlineData(0, 0, 255, 255, "blue")]
    public void Inks_become_colours(byte cyan, byte magenta, byte yellow, byte key, string expected)
    {
        using var image = PictureFile.Read(_folder.Write(TemporaryFolder.CmykJpeg(cyan, magenta, yellow, key), "inks.jpg"));
        Assert.Equal($"{expected} {expected} {expected} {expected}", Corners(image));
    }

    [Fact]
    public void Grey_and_transparent_pictures_are_read_over_white()
    {
        using var grey =
            PictureFile.Read(
            _folder.Write(
            TemporaryFolder.Encode(new SKBitmap(new SKImageInfo(16, 16, SKColorType.Gray8)), SKEncodedImageFormat.Jpeg), "grey.jpg"));
        Assert.Equal("black black black black", Corners(grey));
        using var clear =
            PictureFile.Read(_folder.Write(TemporaryFolder.Encode(new SKBitmap(16, 16), SKEncodedImageFormat.Png), "clear.png"));
        Assert.Equal("white white white white", Corners(clear));
    }

    [Fact]
    public void Large_photographs_are_decoded_smaller()
    {
        using var image =
            PictureFile.Read(
            _folder.Write(TemporaryFolder.Encode(TemporaryFolder.Quarters(2400, 1600), SKEncodedImageFormat.Jpeg), "large.jpg"));
        Assert.InRange(image.Height, 400, 600);
        Assert.Equal(1.5, (double)image.Width / image.Height, 0.01);
        Assert.Equal("red green blue yellow", Corners(image));
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        var jpeg = TemporaryFolder.Encode(TemporaryFolder.Quarters(640, 480), SKEncodedImageFormat.Jpeg);
        var png = TemporaryFolder.Encode(TemporaryFolder.Quarters(640, 480), SKEncodedImageFormat.Png);
        Assert.Equal("there is no such file", Reason(_folder.At("nobody.jpg")));
        Assert.Equal("this is a folder", Reason(_folder.FullName));
        Assert.Equal("the file is empty", Reason(_folder.Write([], "empty.jpg")));
        Assert.Equal("the file is cut off", Reason(_folder.Write(jpeg[..(jpeg.Length * 3 / 4)], "half.jpg")));
        Assert.Equal("the file is cut off", Reason(_folder.Write(png[..(png.Length * 3 / 4)], "half.png")));
        Assert.StartsWith(
            "this is no picture that can be read", Reason(_folder.Write("a text"u8.ToArray(), "text.jpg")), StringComparison.Ordinal);
        // A header alone, which asks for 3.6 gigabytes.
        byte[] header = [.. png[..16], 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0];
        byte[] huge = [.. header, .. Crc(header[12..]), .. png[33..]];
        Assert.Equal("it has 30,000 x 30,000 pixels, more than 100,000,000", Reason(_folder.Write(huge, "huge.png")));
        byte[] tall = [.. png[..16], 0, 0, 0, 1, 0, 1, 0x86, 0xA0, 8, 2, 0, 0, 0];
        byte[] column = [.. tall, .. Crc(tall[12..]), .. png[33..]];
        Assert.Equal("it has 1 x 100,000 pixels, more than 65,535 in a row or column", Reason(_folder.Write(column, "tall.png")));
        // 4 KB that ask for 1 x 2,000,000 grey pixels, more rows than the decoder of PNG takes.
        byte[] narrow = [.. png[..16], 0, 0, 0, 1, 0, 0x1E, 0x84, 0x80, 8, 0, 0, 0, 0];
        byte[] longest = [.. narrow, .. Crc(narrow[12..]), .. png[33..], .. new byte[4_000]];
        Assert.StartsWith("this is no picture that can be read", Reason(_folder.Write(longest, "longest.png")), StringComparison.Ordinal);
        // One decoder reads over what stands between two pieces of a picture, another ends there.
        var end = png.AsSpan().IndexOf("IDAT"u8) is var at ? at + 4 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at - 4)) + 4 : 0;
        byte[] text = [0, 0, 0, 5, .. "tEXta\0bcd"u8], split = [.. png[..end], .. text, .. Crc(text[4..]), .. png[(at - 4)..]];
        var path = _folder.Write(split, "split.png");
        if (Record.Exception(() => PictureFile.Read(path).Dispose()) is { } refusal)
            Assert.IsType<UserException>(refusal);
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        byte[] scans = [.. jpeg[..^2], .. Enumerable.Repeat(scan, 4_000).SelectMany(bytes => bytes), 0xFF, 0xD9];
        Assert.Equal("it has 4,001 scans, too many to be decoded", Reason(_folder.Write(scans, "scans.jpg")));
        var loop = _folder.At("loop.jpg");
        File.CreateSymbolicLink(loop, loop);
        Assert.NotEqual("", Reason(loop));
        // A file that never ends, behind a link of nine letters.
        if (File.Exists("/dev/zero"))
        {
            var endless = _folder.At("endless.png");
            File.CreateSymbolicLink(endless, "/dev/zero");
            Assert.Equal("the file is empty", Reason(endless));
        }

        static string Reason(string path) => Assert.Throws<UserException>(() => PictureFile.Read(path)).Message;

        static byte[] Crc(byte[] bytes)
        {
            var crc = uint.MaxValue;
            foreach (var b in bytes)
            {
                crc ^= b;
                for (var i = 0; i < 8; i++)
                    crc = crc >> 1 ^ (crc & 1) * 0xEDB88320;
            }
            return [(byte)(~crc >> 24), (byte)(~crc >> 16), (byte)(~crc >> 8), (byte)~crc];
        }
    }

    /// <summary>The colours in the middle of the four quarters, left to right and top to bottom.</summary>
    private static string Corners(MLImage image)
    {
        var pixels = image.Pixels.ToArray();
        (int X, int Y)[] places = [(1, 1), (3, 1), (1, 3), (3, 3)];
        return string.Join(' ', places.Select(p => Name(p.X * image.Width / 4, p.Y * image.Height / 4)));

        string Name(int x, int y)
        {
            var at = 4 * (y * image.Width + x);
            return (pixels[at] > 127, pixels[at + 1] > 127, pixels[at + 2] > 127) switch
            {
                (true, false, false) => "red",
                (false, true, false) => "green",
                (false, false, true) => "blue",
                (true, true, false) => "yellow",
                (true, true, true) => "white",
                (false, false, false) => "black",
                _ => "another",
            };
        }
    }
}

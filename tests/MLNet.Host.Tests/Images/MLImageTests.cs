using Microsoft.ML.Data;
using PictureFiles;

namespace MLNet.Host.Tests.Images;

public sealed class MLImageTests(PictureFolderFixture folder) : IClassFixture<PictureFolderFixture>
{
    private static readonly Picture Small = PictureFolderFixture.Draw(3, 2, (x, y) => ((byte)(10 * x), (byte)(20 * y), 200));

    [Fact]
    public void A_file_and_a_stream_give_the_same_image()
    {
        var path = folder.Write("small.png", Small);
        using MLImage fromFile = MLImage.CreateFromFile(path);
        using var stream = File.OpenRead(path);
        using MLImage fromStream = MLImage.CreateFromStream(stream);
        Assert.Equal((3, 2, 32), (fromFile.Width, fromFile.Height, fromFile.BitsPerPixel));
        Assert.Equal(fromFile.Pixels.ToArray(), fromStream.Pixels.ToArray());
        var red = fromFile.PixelFormat == MLPixelFormat.Bgra32 ? 2 : 0;
        for (var i = 0; i < 6; i++)
        {
            byte[] rgb = [fromFile.Pixels[4 * i + red], fromFile.Pixels[4 * i + 1], fromFile.Pixels[4 * i + 2 - red]];
            Assert.Equal(Small.Rgb.Slice(3 * i, 3).ToArray(), rgb);
            Assert.Equal(255, fromFile.Pixels[4 * i + 3]);
        }
        Assert.Null(fromFile.Tag);
        fromFile.Tag = "a tag";
        Assert.Equal("a tag", fromFile.Tag);
    }

    [Theory]
    [InlineData(MLPixelFormat.Bgra32)]
    [InlineData(MLPixelFormat.Rgba32)]
    public void Pixels_given_are_the_pixels_had(MLPixelFormat format)
    {
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 10))];
        using MLImage image = MLImage.CreateFromPixels(3, 2, format, pixels);
        Assert.Equal((3, 2, format), (image.Width, image.Height, image.PixelFormat));
        Assert.Equal(pixels, image.Pixels.ToArray());
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromFile(null!));
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromStream(null!));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromFile(Path.Combine(folder.FullName, "missing.png")));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromStream(new MemoryStream("no picture"u8.ToArray())));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(1, 1, MLPixelFormat.Unknown, new byte[4]));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(0, 1, MLPixelFormat.Bgra32, new byte[4]));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(1, 0, MLPixelFormat.Bgra32, new byte[4]));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, new byte[5]));
    }

    [Fact]
    public void A_disposed_image_says_so()
    {
        MLImage image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, new byte[4]);
        image.Dispose();
        image.Dispose();
        Assert.Throws<InvalidOperationException>(() => image.Width);
        Assert.Throws<InvalidOperationException>(() => image.Tag);
        Assert.Throws<InvalidOperationException>(() => image.Pixels.Length);
    }
}

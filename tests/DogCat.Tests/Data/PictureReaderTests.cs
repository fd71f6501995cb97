using DogCat.Data;
using DogCat.Features;
using DogCat.Tests.Pictures;
using PictureFiles;
using PictureFiles.Jpeg;
using PictureFiles.Png;

namespace DogCat.Tests.Data;

public sealed class PictureReaderTests : IDisposable
{
    private const int Side = PictureFeatures.Side;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_of_the_right_size_are_read_as_they_are()
    {
        Picture[] pictures = [.. TemporaryFolder.ClearPictures(3, dogs: true, count: 5).Select(p => p.Picture)];
        string[] files = [.. pictures.Select((p, i) => Write($"{i}.png", PngEncoder.Encode(p)))];
        var done = 0;
        var read = PictureReader.Read(files, new SkippedFile?[5], () => Interlocked.Increment(ref done));
        Assert.Equal(5, done);
        Assert.All(read.Zip(pictures), pair => Assert.Equal(pair.Second.Rgb.ToArray(), pair.First!.Rgb.ToArray()));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_told_and_the_others_read()
    {
        var png = PngEncoder.Encode(TemporaryFolder.ClearPictures(3, dogs: false, count: 1)[0].Picture);
        string[] files = [Write("cut.png", png[..^5]), Write("whole.png", png), _folder.At("missing.png"), Write("text.jpg", "no picture"u8.ToArray())];
        var failures = new SkippedFile?[4];
        var read = PictureReader.Read(files, failures);
        Assert.Equal([true, false, true, true], read.Select(p => p is null));
        Assert.Equal([files[0], null, files[2], files[3]], failures.Select(f => f?.Path));
        Assert.Equal("truncated PNG: the file ends too early", failures[0]!.Reason);
        var exception = Assert.Throws<PictureException>(() => PictureReader.Read(files[0]));
        Assert.Equal($"'{files[0]}': truncated PNG: the file ends too early", exception.Message);
        Assert.Equal(failures[0]!.Reason, exception.Reason);
    }

    /// <summary>ML.NET's stages lay them over black, which must be undone exactly.</summary>
    [Fact]
    public void Transparent_pictures_are_laid_over_white()
    {
        var rows = new byte[Side * (1 + 4 * Side)];
        new Random(1).NextBytes(rows);
        for (var y = 0; y < Side; y++)
            rows[y * (1 + 4 * Side)] = 0;
        var png = PngDecoderTests.Png(("IHDR", PngDecoderTests.Header(Side, Side, colour: 6)), ("IDAT", PngDecoderTests.Deflated(rows)), ("IEND", []));
        Assert.Equal(PictureFile.Decode(png).Rgb.ToArray(), PictureReader.Read(Write("rgba.png", png)).Rgb.ToArray());
    }

    [Theory]
    [InlineData(80, 32)]
    [InlineData(64, 160)]
    [InlineData(9, 5)]
    public void The_middle_of_other_sizes_is_kept(int width, int height)
    {
        var square = Math.Min(width, height);
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < width * height; i++)
        {
            var inside = Math.Abs(2 * (i % width) + 1 - width) < square && Math.Abs(2 * (i / width) + 1 - height) < square;
            rgb.AsSpan(3 * i, 3).Fill(inside ? (byte)90 : (byte)250);
        }
        var picture = PictureReader.Read(Write("wide.png", PngEncoder.Encode(new Picture(width, height, rgb))));
        Assert.Equal((Side, Side), (picture.Width, picture.Height));
        // The outermost pixels may be blended with what was cut off.
        for (var y = 4; y < Side - 4; y++)
            for (var x = 4; x < Side - 4; x++)
                Assert.Equal(90, picture[x, y][1]);
    }

    [Fact]
    public void Jpeg_is_read_where_its_decoder_is()
    {
        var jpeg = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "gradient.jpg"));
        var file = Write("gradient.jpg", jpeg);
        if (!TurboJpeg.IsAvailable)
        {
            Assert.Throws<PictureException>(() => PictureReader.Read(file));
            return;
        }
        var picture = PictureReader.Read(file);
        var expected = PictureFile.Decode(jpeg).ToSquare(Side);
        Assert.InRange(picture.Rgb.ToArray().Zip(expected.Rgb.ToArray(), (a, b) => Math.Abs(a - b)).Average(), 0, 2);
    }

    private string Write(string name, byte[] bytes)
    {
        var path = _folder.At(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}

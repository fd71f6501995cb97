using DogCat.Pictures;
using DogCat.Pictures.Jpeg;

namespace DogCat.Tests.Pictures;

public sealed class PictureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dogcat").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_error_names_the_file_and_the_reason()
    {
        string path = Path.Combine(_folder, "rex.png");
        File.WriteAllBytes(path, PngFixture.Named("rgb8").Png[..40]);
        var exception = Assert.Throws<PictureException>(() => PictureFile.Load(path));
        Assert.Equal($"'{path}': truncated PNG: the file ends too early", exception.Message);
        Assert.Equal("truncated PNG: the file ends too early", exception.Reason);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = Path.Combine(_folder, "nobody.png");
        var exception = Assert.Throws<PictureException>(() => PictureFile.Load(path));
        Assert.Equal($"'{path}': the file cannot be read (FileNotFoundException)", exception.Message);
    }

    [Fact]
    public void The_format_is_told_by_the_content()
    {
        string path = Path.Combine(_folder, "png-in-disguise.jpg");
        File.WriteAllBytes(path, PngFixture.Named("rgb8").Png);
        Assert.Equal(PngFixture.Named("rgb8").Rgb, PictureFile.Load(path).Rgb.ToArray());
    }

    [Fact]
    public void A_broken_jpeg_is_refused_and_a_missing_decoder_says_what_to_install()
    {
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2];
        string reason = Assert.Throws<PictureException>(() => PictureFile.Decode(jpeg)).Reason;
        if (TurboJpeg.IsAvailable)
            Assert.StartsWith("damaged JPEG: ", reason, StringComparison.Ordinal);
        else
            Assert.Contains("libturbojpeg0", reason, StringComparison.Ordinal);
    }
}

using PictureFiles;

namespace DogCat.Tests.Pictures;

public sealed class PictureFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_error_names_the_file_and_the_reason()
    {
        var path = _folder.At("rex.png");
        File.WriteAllBytes(path, PngFixture.Named("rgb8").Png[..40]);
        var exception = Assert.Throws<PictureException>(() => PictureFile.Load(path));
        Assert.Equal($"'{path}': truncated PNG: the file ends too early", exception.Message);
        Assert.Equal("truncated PNG: the file ends too early", exception.Reason);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = _folder.At("nobody.png");
        var exception = Assert.Throws<PictureException>(() => PictureFile.Load(path));
        Assert.Equal($"'{path}': the file cannot be read (FileNotFoundException)", exception.Message);
    }

    [Fact]
    public void The_format_is_told_by_the_content()
    {
        var path = _folder.At("png-in-disguise.jpg");
        File.WriteAllBytes(path, PngFixture.Named("rgb8").Png);
        Assert.Equal(PngFixture.Named("rgb8").Rgb, PictureFile.Load(path).Rgb.ToArray());
    }

    [Fact]
    public void A_link_leads_to_the_picture_and_never_to_an_endless_device()
    {
        var picture = _folder.At("rex.png");
        var link = _folder.At("link.png");
        File.WriteAllBytes(picture, PngFixture.Named("rgb8").Png);
        File.CreateSymbolicLink(link, picture);
        Assert.Equal(PngFixture.Named("rgb8").Rgb, PictureFile.Load(link).Rgb.ToArray());
        if (!File.Exists("/dev/zero"))
            return;
        var endless = _folder.At("endless.png");
        File.CreateSymbolicLink(endless, "/dev/zero");
        Assert.Equal("the file is empty", Assert.Throws<PictureException>(() => PictureFile.Load(endless)).Reason);
    }
}

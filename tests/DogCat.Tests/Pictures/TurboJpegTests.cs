using PictureFiles;
using PictureFiles.Jpeg;

namespace DogCat.Tests.Pictures;

/// <summary>
/// gradient.jpg was written by libjpeg-turbo at quality 95 from 40 x 24 pixels of red 6x, green 10y and blue 30 on the left,
/// 220 on the right. Where the decoder is not installed, the tests hold the program to saying so.
/// </summary>
public class TurboJpegTests
{
    private static readonly byte[] Jpeg = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "gradient.jpg"));

    [Fact]
    public void Decodes_a_jpeg_or_says_what_to_install()
    {
        if (!TurboJpeg.IsAvailable)
        {
            Assert.Contains("apt-get install libturbojpeg0", Reason(Jpeg), StringComparison.Ordinal);
            return;
        }
        var picture = PictureFile.Decode(Jpeg);
        Assert.Equal((40, 24), (picture.Width, picture.Height));
        double error = 0;
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var pixel = picture[x, y];
                error += Math.Abs(pixel[0] - 6 * x) + Math.Abs(pixel[1] - 10 * y) + Math.Abs(pixel[2] - (x < 20 ? 30 : 220));
            }
        }
        Assert.InRange(error / picture.Rgb.Length, 0, 4);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(700)]
    [InlineData(-2)]
    public void A_jpeg_cut_off_is_refused(int length)
    {
        var reason = Reason(length > 0 ? Jpeg[..length] : Jpeg[..^-length]);
        Assert.StartsWith(TurboJpeg.IsAvailable ? "damaged JPEG: " : "JPEG needs libjpeg-turbo", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jpeg_larger_than_the_limit_is_refused()
    {
        var reason = Assert.Throws<PictureException>(() => TurboJpeg.Decode(Jpeg, 40 * 24 - 1)).Reason;
        Assert.StartsWith(TurboJpeg.IsAvailable ? "40 x 24 pixels; at most 959" : "JPEG needs libjpeg-turbo", reason, StringComparison.Ordinal);
    }

    private static string Reason(byte[] file) => Assert.Throws<PictureException>(() => PictureFile.Decode(file)).Reason;
}

using PictureFiles;
using PictureFiles.Png;

namespace DogCat.Tests.Pictures;

public class PngEncoderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 50)]
    [InlineData(50, 1)]
    [InlineData(33, 17)]
    public void What_is_written_is_read_back(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        new Random(width).NextBytes(rgb);
        var read = PictureFile.Decode(PngEncoder.Encode(new Picture(width, height, rgb)));
        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(rgb, read.Rgb.ToArray());
    }
}

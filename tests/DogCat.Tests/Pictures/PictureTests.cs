using PictureFiles;

namespace DogCat.Tests.Pictures;

public class PictureTests
{
    [Fact]
    public void Bytes_must_fit_the_size()
    {
        var exception = Assert.Throws<ArgumentException>(() => new Picture(2, 3, new byte[17]));
        Assert.Contains("2 x 3 picture needs 18 bytes, not 17", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirrored_picture_is_left_for_right()
    {
        var picture = new Picture(2, 1, [1, 2, 3, 4, 5, 6]);
        Assert.Equal([4, 5, 6, 1, 2, 3], picture.Mirrored().Rgb.ToArray());
    }

    [Theory]
    [InlineData(32, 32)]
    [InlineData(64, 32)]
    [InlineData(100, 77)]
    [InlineData(7, 5)]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    public void An_even_picture_stays_even_at_any_size(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)(i % 3 * 100 + 7);
        var small = new Picture(width, height, rgb).ToSquare(32);
        Assert.Equal(32, small.Width);
        Assert.Equal(32, small.Height);
        for (var i = 0; i < small.Rgb.Length; i++)
            Assert.Equal((byte)(i % 3 * 100 + 7), small.Rgb[i]);
    }

    [Fact]
    public void Shrinking_by_a_whole_factor_averages_blocks()
    {
        var rgb = new byte[3 * 6 * 6];
        new Random(1).NextBytes(rgb);
        var small = new Picture(6, 6, rgb).ToSquare(2);
        for (var y = 0; y < 2; y++)
        {
            for (var x = 0; x < 2; x++)
            {
                double sum = 0;
                for (var dy = 0; dy < 3; dy++)
                    for (var dx = 0; dx < 3; dx++)
                        sum += rgb[3 * ((3 * y + dy) * 6 + 3 * x + dx)];
                Assert.Equal(sum / 9, small[x, y][0], 0.51);
            }
        }
    }

    [Fact]
    public void Enlarging_interpolates_between_pixel_centres()
    {
        // Two pixels, 0 and 200: new centres lie at -1/4 (clamped to 0), 1/4, 3/4 and 5/4 (clamped to 1).
        var rgb = new byte[12];
        rgb.AsSpan(3, 3).Fill(200);
        rgb.AsSpan(9, 3).Fill(200);
        var large = new Picture(2, 2, rgb).ToSquare(4);
        Assert.Equal([0, 50, 150, 200], Enumerable.Range(0, 4).Select(x => (int)large[x, 0][0]));
    }

    [Fact]
    public void Of_an_oblong_picture_the_central_square_is_taken()
    {
        var rgb = new byte[3 * 6 * 2];
        rgb.AsSpan(6, 6).Fill(255); // columns 2 and 3 of row 0
        rgb.AsSpan(18 + 6, 6).Fill(255); // and of row 1
        Assert.All(new Picture(6, 2, rgb).ToSquare(2).Rgb.ToArray(), b => Assert.Equal(255, b));
    }
}

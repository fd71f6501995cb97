using System.Security.Cryptography;
using DogCat.Drawing;

namespace DogCat.Tests.Drawing;

public class DrawnPicturesTests
{
    private static readonly DrawnPicture[] Tiny = DrawnPictures.Draw(seed: 3, first: 0, count: 40_000, side: 1);

    [Fact]
    public void A_seed_gives_the_same_pixels_everywhere()
    {
        byte[] pixels = [.. DrawnPictures.Draw(seed: 1, first: 0, count: 64).SelectMany(p => p.Picture.Rgb.ToArray())];
        Assert.Equal("D6C6ECF9C72427E0", Convert.ToHexString(SHA256.HashData(pixels))[..16]);
    }

    [Fact]
    public void A_picture_does_not_depend_on_the_ones_drawn_with_it()
    {
        var many = DrawnPictures.Draw(seed: 1, first: 0, count: 10);
        var one = DrawnPictures.Draw(seed: 1, first: 7, count: 1)[0];
        Assert.Equal(many[7].Picture.Rgb.ToArray(), one.Picture.Rgb.ToArray());
        Assert.Equal(many[7].Blend, one.Blend);
        Assert.NotEqual(many[7].Picture.Rgb.ToArray(), DrawnPictures.Draw(seed: 2, first: 7, count: 1)[0].Picture.Rgb.ToArray());
    }

    [Fact]
    public void The_probability_rises_with_the_blend_and_treats_both_kinds_alike()
    {
        Assert.Equal(0.02, DrawnPictures.ProbabilityOfDog(0), 12);
        Assert.Equal(0.5, DrawnPictures.ProbabilityOfDog(0.5), 12);
        double before = 0;
        for (double blend = 0; blend <= 1; blend += 0.01)
        {
            var p = DrawnPictures.ProbabilityOfDog(blend);
            Assert.True(p >= before);
            Assert.Equal(1 - p, DrawnPictures.ProbabilityOfDog(1 - blend), 12);
            before = p;
        }
    }

    [Theory]
    [InlineData(0.0, 0.2)]
    [InlineData(0.2, 0.35)]
    [InlineData(0.35, 0.5)]
    [InlineData(0.5, 0.65)]
    [InlineData(0.65, 0.8)]
    [InlineData(0.8, 1.0)]
    public void Labels_are_as_frequent_as_their_probability_says(double low, double high)
    {
        DrawnPicture[] slice = [.. Tiny.Where(p => p.Blend >= low && p.Blend < high)];
        var expected = slice.Sum(p => p.ProbabilityOfDog);
        var deviation = Math.Sqrt(slice.Sum(p => p.ProbabilityOfDog * (1 - p.ProbabilityOfDog)));
        Assert.True(slice.Length > 1000);
        Assert.InRange(slice.Count(p => p.IsDog), expected - 4 * deviation, expected + 4 * deviation);
        Assert.All(slice, p => Assert.Equal(DrawnPictures.ProbabilityOfDog(p.Blend), p.ProbabilityOfDog));
    }

    /// <summary>The mean of H(p(b)) over the distribution of blends, by quadrature from its density.</summary>
    [Fact]
    public void The_mean_entropy_is_that_of_the_construction()
    {
        const int steps = 100_000;
        var pure = DrawnPictures.BinaryEntropy(DrawnPictures.Mislabelled);
        var cross = Enumerable.Range(0, steps).Average(i => DrawnPictures.BinaryEntropy(DrawnPictures.ProbabilityOfDog((i + 0.5) / steps)));
        var expected = 0.7 * pure + 0.3 * cross;
        Assert.InRange(expected, 0.1, 0.2);
        Assert.Equal(expected, Tiny.Average(p => DrawnPictures.BinaryEntropy(p.ProbabilityOfDog)), 0.003);
    }

    [Fact]
    public void Who_knows_the_probabilities_loses_just_the_entropy()
    {
        var loss = Tiny.Average(p => -Math.Log(p.IsDog ? p.ProbabilityOfDog : 1 - p.ProbabilityOfDog));
        Assert.Equal(Tiny.Average(p => DrawnPictures.BinaryEntropy(p.ProbabilityOfDog)), loss, 0.008);
    }

    [Fact]
    public void Pictures_vary()
    {
        var pictures = DrawnPictures.Draw(seed: 1, first: 0, count: 200);
        Assert.Equal(200, pictures.Select(p => Convert.ToHexString(p.Picture.Rgb)).Distinct().Count());
        Assert.Contains(pictures, p => p.IsDog);
        Assert.Contains(pictures, p => !p.IsDog);
    }
}

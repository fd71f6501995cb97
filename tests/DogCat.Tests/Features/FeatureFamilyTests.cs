using DogCat.Drawing;
using DogCat.Features;
using DogCat.Features.Patches;
using PictureFiles;

namespace DogCat.Tests.Features;

public class FeatureFamilyTests
{
    private static readonly Picture[] Pictures = [.. DrawnPictures.Draw(seed: 5, first: 0, count: 12).Select(p => p.Picture)];

    private static readonly IFeatureFamily[] Families =
        [new GradientHistograms(32, 8), new GradientHistograms(32, 4), new Thumbnail(8), new ColourHistogram(4), new PatchResponses(PatchLearning.Learn(Pictures, seed: 1))];

    public static TheoryData<string> Names => [.. Families.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_number_is_set_and_finite(string name)
    {
        foreach (var picture in Pictures)
        {
            var clean = Compute(name, picture);
            Assert.All(clean, v => Assert.True(float.IsFinite(v)));
            // Whatever was in the buffer before must not show.
            var dirty = new float[clean.Length];
            Array.Fill(dirty, float.NaN);
            Family(name).Compute(picture, dirty);
            Assert.Equal(clean, dirty);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_number_differs_between_pictures(string name)
    {
        float[][] rows = [.. Pictures.Select(p => Compute(name, p))];
        var constant = Enumerable.Range(0, rows[0].Length).Count(i => rows.All(r => r[i] == rows[0][i]));
        // Rare colours may be missing from a dozen pictures.
        Assert.InRange(constant, 0, name.StartsWith("colours", StringComparison.Ordinal) ? rows[0].Length / 4 : 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mirror_image_has_the_same_features(string name)
    {
        foreach (var picture in Pictures)
        {
            var mirrored = Compute(name, picture.Mirrored());
            var straight = Compute(name, picture);
            for (var i = 0; i < straight.Length; i++)
                Assert.Equal(straight[i], mirrored[i], 1e-5f);
        }
    }

    [Fact]
    public void Gradients_do_not_see_a_change_of_contrast()
    {
        var family = new GradientHistograms(32, 8);
        var strong = Ramp(slope: 6);
        var weak = Ramp(slope: 3);
        var a = new float[family.Count];
        var b = new float[family.Count];
        family.Compute(strong, a);
        family.Compute(weak, b);
        for (var i = 0; i < a.Length; i++)
            Assert.Equal(a[i], b[i], 0.01f);
    }

    /// <summary>A picture that gets brighter downwards has all its edges in one direction: up to down.</summary>
    [Fact]
    public void Gradients_name_the_direction()
    {
        var family = new GradientHistograms(32, 8);
        var features = new float[family.Count];
        family.Compute(Ramp(slope: 6), features);
        // 18 directions of 20 degrees: 90 degrees lies half way between numbers 4 and 5.
        int[] seen = [.. Enumerable.Range(0, 18).Where(d => features[d] > 1e-3f)];
        Assert.Equal([4, 5], seen);
        Assert.Equal(features[4], features[5], 1e-5f);
    }

    [Fact]
    public void An_even_picture_has_no_gradients()
    {
        var family = new GradientHistograms(32, 4);
        var features = new float[family.Count];
        family.Compute(Ramp(slope: 0), features);
        Assert.All(features, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Colour_shares_sum_to_one_for_picture_and_centre()
    {
        var shares = Compute(new ColourHistogram(4).Name, Pictures[0]);
        Assert.Equal(1, shares[..64].Sum(), 1e-4f);
        Assert.Equal(1, shares[64..].Sum(), 1e-4f);
    }

    [Fact]
    public void An_even_colour_lies_in_its_boxes()
    {
        // Of four levels 0, 85, 170, 255: red 255 is level 3, green 0 level 0, and blue 102 a fifth of the way from 1 to 2.
        var shares = Compute(new ColourHistogram(4).Name, Even(255, 0, 102));
        Assert.Equal(0.8f, shares[3 * 16 + 1], 1e-4f);
        Assert.Equal(0.2f, shares[3 * 16 + 2], 1e-4f);
    }

    [Fact]
    public void A_thumbnail_holds_brightness_and_colour_differences()
    {
        var thumbnail = Compute(new Thumbnail(8).Name, Even(255, 0, 0));
        Assert.Equal([0.299f, -0.299f, 0.701f], thumbnail[..3].Select(v => MathF.Round(v, 5)));
        Assert.Equal(thumbnail[..3], thumbnail[^3..]);
    }

    [Fact]
    public void Cells_must_divide_the_picture() =>
        Assert.Throws<ArgumentException>(() => new GradientHistograms(32, 5));

    private static IFeatureFamily Family(string name) => Families.Single(f => f.Name == name);

    private static float[] Compute(string name, Picture picture)
    {
        var features = new float[Family(name).Count];
        Family(name).Compute(picture, features);
        return features;
    }

    private static Picture Even(byte red, byte green, byte blue) =>
        new(32, 32, [.. Enumerable.Repeat((byte[])[red, green, blue], 32 * 32).SelectMany(p => p)]);

    private static Picture Ramp(int slope)
    {
        var rgb = new byte[3 * 32 * 32];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)(30 + slope * (i / 96));
        return new Picture(32, 32, rgb);
    }
}

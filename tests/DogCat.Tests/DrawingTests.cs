using DogCat.Drawing;
using MLNet.CrossEntropy;

namespace DogCat.Tests;

public class DrawingTests
{
    /// <summary>Blends, probabilities and labels, as pictures get them, without the pictures.</summary>
    private static readonly (double Blend, double Probability, bool IsDog)[] Tosses = [.. Enumerable.Range(0, 40_000).Select(i =>
    {
        var random = SplitMix64.ForItem(3, Series.Train, i);
        var blend = DrawnPictures.DrawBlend(random);
        var probability = DrawnPictures.ProbabilityOfDog(blend);
        return (blend, probability, random.Chance(probability));
    })];

    [Fact]
    public void A_picture_does_not_depend_on_the_ones_drawn_with_it()
    {
        var many = DrawnPictures.Draw(seed: 1, Series.Train, count: 10);
        Assert.Equal(Pixels(many[7]), Pixels(DrawnPictures.Draw(seed: 1, Series.Train, count: 8)[7]));
        Assert.NotEqual(Pixels(many[7]), Pixels(DrawnPictures.Draw(seed: 2, Series.Train, count: 8)[7]));
    }

    /// <summary>A picture of one series is in no other one, so that nothing is tested with what was learned.</summary>
    [Fact]
    public void No_picture_is_in_two_series()
    {
        const int each = 150;
        HashSet<string> seen = [];
        foreach (var seed in (int[])[1, 2])
            foreach (var series in Enum.GetValues<Series>())
                seen.UnionWith(DrawnPictures.Draw(seed, series, each).Select(Pixels));
        Assert.Equal(2 * Enum.GetValues<Series>().Length * each, seen.Count);
    }

    [Fact]
    public void The_probability_rises_with_the_blend_and_treats_both_kinds_alike()
    {
        Assert.Equal(DrawnPictures.Mislabelled, DrawnPictures.ProbabilityOfDog(0), 12);
        Assert.Equal(0.5, DrawnPictures.ProbabilityOfDog(0.5), 12);
        double[] rising = [.. Enumerable.Range(0, 101).Select(i => DrawnPictures.ProbabilityOfDog(i / 100.0))];
        Assert.Equal(rising.Order(), rising);
        Assert.Equal(rising.Select(p => 1 - p), Enumerable.Reverse(rising), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Labels_are_as_frequent_as_their_probability_says()
    {
        foreach ((var low, var high) in ((double, double)[])[(0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1)])
        {
            var slice = Tosses.Where(t => t.Blend >= low && t.Blend < high).ToArray();
            (var expected, var variance) = (slice.Sum(t => t.Probability), slice.Sum(t => t.Probability * (1 - t.Probability)));
            Assert.True(slice.Length > 1000);
            Assert.Equal(expected, slice.Count(t => t.IsDog), 4 * Math.Sqrt(variance));
        }
    }

    /// <summary>
    /// The mean of H(p(b)) over the distribution of blends, by quadrature from its density; who knows the probabilities loses just that.
    /// </summary>
    [Fact]
    public void The_mean_entropy_is_that_of_the_construction_and_a_bound_that_is_reached()
    {
        const int steps = 100_000;
        var pure = Entropy(DrawnPictures.Mislabelled);
        var cross = Enumerable.Range(0, steps).Average(i => Entropy(DrawnPictures.ProbabilityOfDog((i + 0.5) / steps)));
        var expected = 0.7 * pure + 0.3 * cross;
        Assert.InRange(expected, 0.1, 0.2);
        Assert.Equal(expected, Tosses.Average(t => Entropy(t.Probability)), 0.003);
        Assert.Equal(expected, Tosses.Average(t => -Math.Log(t.IsDog ? t.Probability : 1 - t.Probability)), 0.008);
    }

    [Fact]
    public void A_picture_has_the_label_and_the_probability_of_its_coin()
    {
        var pictures = DrawnPictures.Draw(seed: 3, Series.Train, count: 50);
        Assert.Equal(Tosses[..50].Select(t => (t.Probability, t.IsDog)), pictures.Select(p => (p.ProbabilityOfDog!.Value, p.IsDog)));
    }

    private static double Entropy(double p) => InformationTheory.Entropy<double>([1 - p, p]);

    private static string Pixels(Picture picture) => Picture.Fingerprint(picture.Open());
}

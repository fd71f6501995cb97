using DogCat.Drawing;
using DogCat.Features.Patches;
using PictureFiles;

namespace DogCat.Tests.Features.Patches;

public class PatchLearningTests
{
    private static readonly Picture[] Pictures = [.. DrawnPictures.Draw(seed: 8, first: 0, count: 40).Select(p => p.Picture)];
    private static readonly PatchFilters Filters = PatchLearning.Learn(Pictures, seed: 3);

    [Fact]
    public void The_same_pictures_and_seed_give_the_same_bits() =>
        Assert.Equal(Filters.AsBytes(), PatchLearning.Learn(Pictures, seed: 3).AsBytes());

    [Fact]
    public void Another_seed_gives_other_filters() =>
        Assert.False(Filters.AsBytes().SequenceEqual(PatchLearning.Learn(Pictures, seed: 4).AsBytes()));

    [Fact]
    public void Filters_are_read_as_they_were_written()
    {
        var bytes = Filters.AsBytes().ToArray();
        Assert.Equal(Filters.AsBytes(), PatchFilters.Read(new MemoryStream(bytes)).AsBytes());
        Assert.Throws<EndOfStreamException>(() => PatchFilters.Read(new MemoryStream(bytes, 0, bytes.Length - 1)));
    }

    /// <summary>f'(S + 0.1 I)f = 1, so over patches like those learned from, f . (u - mean) has mean 0 and variance below 1.</summary>
    [Fact]
    public void Answers_vary_by_no_more_than_one()
    {
        var sums = new double[PatchFilters.Count];
        var squares = new double[PatchFilters.Count];
        var patch = new float[Patch.Length];
        var count = 0;
        foreach (var picture in Pictures)
        {
            for (var y = 0; y <= picture.Height - Patch.Side; y++)
            {
                for (var x = 0; x <= picture.Width - Patch.Side; x++)
                {
                    if (Patch.Normalised(picture, x, y, patch) < 10)
                        continue;
                    count++;
                    for (var k = 0; k < PatchFilters.Count; k += 100)
                    {
                        var answer = Answer(k, patch);
                        sums[k] += answer;
                        squares[k] += answer * answer;
                    }
                }
            }
        }
        for (var k = 0; k < PatchFilters.Count; k += 100)
        {
            // The sample was 50,000 patches, so its mean is off by some 1/sqrt(50,000).
            Assert.Equal(0, sums[k] / count, 0.03);
            Assert.InRange(squares[k] / count, 0.1, 1.05);
        }
    }

    [Fact]
    public void A_normalised_patch_has_no_brightness_and_little_contrast_left()
    {
        var patch = new float[Patch.Length];
        var variance = Patch.Normalised(Pictures[0], 3, 4, patch);
        Assert.Equal(0, patch.Sum(), 1e-3f);
        Assert.Equal(variance / (variance + 10), patch.Sum(v => v * v) / Patch.Length, 1e-4f);
    }

    [Fact]
    public void Even_pictures_give_filters_that_are_finite()
    {
        var grey = new Picture(32, 32, [.. Enumerable.Repeat((byte)100, 3 * 32 * 32)]);
        var features = new float[new PatchResponses(Filters).Count];
        new PatchResponses(PatchLearning.Learn([grey], seed: 1)).Compute(grey, features);
        Assert.All(features, v => Assert.Equal(0, v));
    }

    /// <summary>f . (u - mean), from the packed weights: their last input is -f . mean - threshold.</summary>
    private static double Answer(int k, float[] patch)
    {
        const double threshold = 1.5;
        var answer = Filters.Panels[PatchFilters.At(k, Patch.Length)] + threshold;
        for (var i = 0; i < Patch.Length; i++)
            answer += (double)patch[i] * Filters.Panels[PatchFilters.At(k, i)];
        return answer;
    }
}

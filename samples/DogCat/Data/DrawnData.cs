using DogCat.Drawing;
using DogCat.Features;

namespace DogCat.Data;

/// <summary>Pictures drawn by <see cref="DrawnPictures"/>.</summary>
public static class DrawnData
{
    /// <summary>Draws <paramref name="train"/> pictures to train on and <paramref name="test"/> others to test with.</summary>
    public static PictureData Draw(int seed, int train, int test) => new(
        ToSet(DrawnPictures.Draw(seed, first: 0, train, PictureFeatures.Side)),
        ToSet(DrawnPictures.Draw(seed, first: train, test, PictureFeatures.Side)),
        Skipped: []);

    private static PictureSet ToSet(DrawnPicture[] pictures)
    {
        var examples = new Example[pictures.Length];
        Parallel.For(0, pictures.Length, i => examples[i] = new Example
        {
            Label = pictures[i].IsDog ? "dog" : "cat",
            IsDog = pictures[i].IsDog,
            Features = PictureFeatures.Of(pictures[i].Picture),
        });
        return new PictureSet(examples, [.. pictures.Select(p => p.ProbabilityOfDog)]);
    }
}

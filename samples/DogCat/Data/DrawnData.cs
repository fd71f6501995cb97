using DogCat.Drawing;
using DogCat.Features;

namespace DogCat.Data;

/// <summary>Pictures drawn by <see cref="DrawnPictures"/>.</summary>
public static class DrawnData
{
    /// <summary>
    /// Draws <paramref name="train"/> pictures to train on and <paramref name="test"/> others to test with, calling
    /// <paramref name="done"/> after each.
    /// </summary>
    public static PictureData Draw(int seed, int train, int test, Action? done = null, CancellationToken cancellation = default) => new(
        ToSet(DrawnPictures.Draw(seed, first: 0, train, PictureFeatures.Side, done, cancellation)),
        ToSet(DrawnPictures.Draw(seed, first: train, test, PictureFeatures.Side, done, cancellation)),
        Skipped: []);

    private static PictureSet ToSet(DrawnPicture[] pictures) =>
        new([.. pictures.Select(p => new LabelledPicture(p.Picture, p.IsDog, ProbabilityOfDog: p.ProbabilityOfDog))]);
}

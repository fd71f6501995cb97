namespace DogCat.Data;

/// <summary>Pictures to train on or to test with.</summary>
/// <param name="Examples">One row a picture.</param>
/// <param name="ProbabilityOfDog">For drawn pictures: the probability with which each was labelled "dog".</param>
public sealed record PictureSet(Example[] Examples, double[]? ProbabilityOfDog = null)
{
    public int Dogs { get; } = Examples.Count(e => e.IsDog);

    public int Cats => Examples.Length - Dogs;
}

using DogCat.Pictures;

namespace DogCat.Data;

/// <summary>A picture and what it shows.</summary>
/// <param name="Picture">Brought to the size that features are computed at.</param>
/// <param name="IsDog">Whether it is labelled a dog, else a cat.</param>
/// <param name="Path">Its file; null when it was drawn.</param>
/// <param name="ProbabilityOfDog">The probability with which it was labelled a dog; null when nobody knows.</param>
public sealed record LabelledPicture(Picture Picture, bool IsDog, string? Path = null, double? ProbabilityOfDog = null)
{
    /// <summary>"cat" or "dog".</summary>
    public string Label => IsDog ? "dog" : "cat";
}

using PictureFiles;

namespace DogCat.Data;

/// <summary>A picture and what it shows.</summary>
/// <param name="Picture">Brought to the size that features are computed at.</param>
/// <param name="IsDog">Whether it is labelled a dog, else a cat.</param>
/// <param name="Path">Its file; null when it was drawn.</param>
/// <param name="ProbabilityOfDog">The probability with which it was labelled a dog; null when nobody knows.</param>
/// <param name="Votes">What people called it; null when nobody was asked.</param>
public sealed record LabelledPicture(Picture Picture, bool IsDog, string? Path = null, double? ProbabilityOfDog = null, Votes? Votes = null)
{
    /// <summary>How much of a dog it is by what is known beyond the label: its own probability, or people's votes; null when neither is.</summary>
    public double? SoftLabel => ProbabilityOfDog ?? Votes?.ProbabilityOfDog;

    /// <summary>"cat" or "dog".</summary>
    public string Label => IsDog ? "dog" : "cat";
}

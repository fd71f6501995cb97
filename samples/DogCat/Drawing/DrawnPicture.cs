using PictureFiles;

namespace DogCat.Drawing;

/// <summary>One drawn picture.</summary>
/// <param name="Picture">The pixels.</param>
/// <param name="Blend">How much of a dog was drawn: 0 is all cat, 1 all dog.</param>
/// <param name="ProbabilityOfDog">The probability with which a picture of this blend is labelled "dog".</param>
/// <param name="IsDog">The label, drawn with that probability.</param>
public sealed record DrawnPicture(Picture Picture, double Blend, double ProbabilityOfDog, bool IsDog);

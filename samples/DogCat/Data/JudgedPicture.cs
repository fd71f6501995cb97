namespace DogCat.Data;

/// <summary>A picture and what a model says about it.</summary>
/// <param name="Number">Its place among the test pictures, from 1.</param>
/// <param name="Picture">The picture.</param>
/// <param name="ProbabilityOfDog">The model's.</param>
public sealed record JudgedPicture(int Number, LabelledPicture Picture, double ProbabilityOfDog)
{
    /// <summary>What the model takes it for.</summary>
    public string Answer => ProbabilityOfDog > 0.5 ? "dog" : "cat";

    /// <summary>The probability of the answer, at least 1/2.</summary>
    public double Confidence => Math.Max(ProbabilityOfDog, 1 - ProbabilityOfDog);

    /// <summary>Whether the answer is the label.</summary>
    public bool IsRight => Answer == Picture.Label;

    /// <summary>Puts pictures and probabilities together.</summary>
    public static JudgedPicture[] All(PictureSet pictures, IReadOnlyList<double> probabilitiesOfDog) =>
        [.. pictures.Items.Zip(probabilitiesOfDog, (picture, p) => (picture, p)).Select((pair, i) => new JudgedPicture(i + 1, pair.picture, pair.p))];
}

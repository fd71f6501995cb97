namespace DogCat.Data;

/// <summary>What people who looked at a picture called it.</summary>
/// <param name="Cat">How many said cat.</param>
/// <param name="Dog">How many said dog.</param>
/// <param name="Other">How many named something else.</param>
public sealed record Votes(int Cat, int Dog, int Other)
{
    /// <summary>The share of dog among the votes for cat or dog; null where there is no such vote.</summary>
    public double? ProbabilityOfDog => Cat + Dog == 0 ? null : (double)Dog / (Cat + Dog);
}

namespace DogCat.Training;

/// <summary>What one family of features brings.</summary>
public sealed record AblationRow(string Family, FamilyScore Alone, FamilyScore Without);

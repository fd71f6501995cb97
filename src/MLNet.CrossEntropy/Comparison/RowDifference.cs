namespace MLNet.CrossEntropy;

/// <summary>A row on which two models differ much.</summary>
/// <param name="Row">Its position in the data, from 0.</param>
/// <param name="Id">Its name in the id column; null without one, or where it has none.</param>
/// <param name="Label">The name of its true class; null for a soft or multi-label one.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="FirstLoss">The first model's loss in nats, without a floor.</param>
/// <param name="SecondLoss">The second model's.</param>
/// <param name="Contribution">What it adds to <see cref="PairedComparison.ClippedMeanDifference"/>: weight times difference of clipped losses, over the sum of weights.</param>
public sealed record RowDifference(long Row, string? Id, string? Label, double Weight, double FirstLoss, double SecondLoss, double Contribution);

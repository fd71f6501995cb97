namespace MLNet.CrossEntropy.Reporting;

/// <summary>One line of a chart of losses by epoch.</summary>
/// <param name="Name">What the line is.</param>
/// <param name="Model">The model's number, which gives the line its colour.</param>
/// <param name="IsValidation">Whether the losses are those of validation rows.</param>
/// <param name="BestEpoch">The epoch whose model was returned, where it is known.</param>
/// <param name="Points">Epochs and losses.</param>
internal sealed record LossCurve(string Name, int Model, bool IsValidation, int? BestEpoch, IReadOnlyList<(int Epoch, double Loss)> Points);

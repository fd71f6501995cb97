namespace Microsoft.ML.Trainers;

/// <summary>What a minimisation found: biases then weights, the objective there, and the rows it is of.</summary>
internal sealed record LbfgsFit(float[] Parameters, double Objective, TrainingRows Rows, int ScoreCount);

namespace DogCat.Training;

/// <summary>What some of the features are worth by themselves.</summary>
/// <param name="Features">How many numbers.</param>
/// <param name="LogLoss">Mean log-loss on the test pictures, in nats.</param>
/// <param name="LogLossError">Its standard error.</param>
/// <param name="Accuracy">Share of test pictures told right.</param>
/// <param name="AccuracyError">Its standard error.</param>
public sealed record FamilyScore(int Features, double LogLoss, double LogLossError, double Accuracy, double AccuracyError);

namespace DogCat.Training;

/// <summary>What a model is worth on pictures that it was not trained on.</summary>
/// <param name="LogLoss">Mean log-loss in nats.</param>
/// <param name="ErrorRate">The share of pictures told wrong.</param>
public sealed record Judgement(double LogLoss, double ErrorRate);

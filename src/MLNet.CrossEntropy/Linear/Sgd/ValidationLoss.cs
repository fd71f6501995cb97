namespace MLNet.CrossEntropy.Linear;

/// <summary>What rows that were held out say of the weights of now.</summary>
/// <param name="Mean">The weighted mean log-loss (nats), neither smoothed nor penalised.</param>
/// <param name="StandardError">Its standard error; NaN for fewer than two effective rows.</param>
internal readonly record struct ValidationLoss(double Mean, double StandardError);

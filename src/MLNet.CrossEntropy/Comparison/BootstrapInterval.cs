namespace MLNet.CrossEntropy;

/// <summary>
/// What the bootstrap says of a mean difference. Each resample weighs every row (or every group as a whole) by a draw from
/// a Poisson distribution of mean 1, which needs a single pass (Oza and Russell 2001; Chamandy et al. 2012, "Estimating uncertainty for
/// massive data streams").
/// </summary>
/// <param name="Resamples">The number of resamples that held any row.</param>
/// <param name="StandardError">The standard deviation of their mean differences.</param>
/// <param name="Interval">The percentile interval: the (1 - level)/2 and (1 + level)/2 quantiles of their mean differences.</param>
public sealed record BootstrapInterval(int Resamples, double StandardError, ConfidenceInterval Interval);

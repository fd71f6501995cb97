using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>A two-sided confidence interval; its bounds are NaN where it is undefined.</summary>
/// <param name="Lower">The lower bound.</param>
/// <param name="Upper">The upper bound.</param>
/// <param name="Level">The confidence, such as 0.95.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper, double Level)
{
    /// <summary>The normal interval <c>mean +- z se</c>, z the (1 + level) / 2 quantile of the standard normal.</summary>
    internal static ConfidenceInterval Normal(double mean, double standardError, double level)
    {
        var margin = NormalDistribution.Quantile((1 + level) / 2) * standardError;
        return new(mean - margin, mean + margin, level);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{100 * Level:0.###}% CI {Lower:0.0000} to {Upper:0.0000}");
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>A two-sided confidence interval; its bounds are NaN where it is undefined.</summary>
public readonly record struct ConfidenceInterval
{
    internal ConfidenceInterval(double lower, double upper, double level) => (Lower, Upper, Level) = (lower, upper, level);

    /// <summary>The lower bound.</summary>
    public double Lower { get; }

    /// <summary>The upper bound.</summary>
    public double Upper { get; }

    /// <summary>The confidence, such as 0.95.</summary>
    public double Level { get; }

    /// <summary>The normal interval <c>mean +- z se</c>, z the (1 + level) / 2 quantile of the standard normal.</summary>
    internal static ConfidenceInterval Normal(double mean, double standardError, double level)
    {
        var margin = NormalDistribution.Quantile((1 + level) / 2) * standardError;
        return new(mean - margin, mean + margin, level);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{100 * Level:0.###}% CI {Lower:0.0000} to {Upper:0.0000}");
}

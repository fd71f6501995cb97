namespace MLNet.CrossEntropy;

/// <summary>How a model does on the rows of one class.</summary>
public sealed record ClassMetrics
{
    /// <summary>The class's name, or its slot number where neither scores nor labels are named.</summary>
    public required string Name { get; init; }

    /// <summary>The number of used rows of this class.</summary>
    public required long Support { get; init; }

    /// <summary>The weight of those rows.</summary>
    public required double WeightedSupport { get; init; }

    /// <summary>Mean -ln of the class's probability over its own rows, in nats, unclipped; NaN where the class does not occur.</summary>
    public required double LogLoss { get; init; }

    /// <summary>The same with every probability raised to the floor.</summary>
    public required double ClippedLogLoss { get; init; }

    /// <summary>The standard error of <see cref="ClippedLogLoss"/>; NaN below two effective rows.</summary>
    public required double LogLossStandardError { get; init; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Math.Log(2);
}

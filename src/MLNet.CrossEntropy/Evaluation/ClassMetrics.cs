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

    /// <summary>This class's part of the labels' own entropy, <c>sum_i w_i p_ik (-ln p_ik) / sum_i w_i p_ik</c>; 0 with hard labels.</summary>
    public required double IrreducibleLogLoss { get; init; }

    /// <summary><see cref="LogLoss"/> less <see cref="IrreducibleLogLoss"/>: the class's part of KL(label || forecast), which may be negative for one class.</summary>
    public double KullbackLeibler => LogLoss - IrreducibleLogLoss;

    /// <summary>Precision, recall and F1; NaN where there is nothing to take a share of.</summary>
    public required PrecisionRecall PrecisionRecall { get; init; }

    /// <summary>The area under the ROC curve of this class against the rest; NaN unless both occur, or when not computed.</summary>
    public required double RocAuc { get; init; }

    /// <summary>The average precision of this class against the rest; NaN where the class does not occur, or when not computed.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary>The reliability of this class's probability, in bins of equal width; null when not computed.</summary>
    public required ReliabilityDiagram? Reliability { get; init; }

    /// <summary>The split of <c>mean (q_k - y_k)^2</c>; null when not computed.</summary>
    public required ScoreDecomposition? BrierDecomposition { get; init; }

    /// <summary>
    /// This class's part of <see cref="MulticlassCrossEntropyMetrics.LogLossDecomposition"/>: what its own rows add to the log-loss, <c>mean -y_k ln q_k</c>.
    /// Its miscalibration alone may be negative, that of all classes together may not. Null when not computed.
    /// </summary>
    public required ScoreDecomposition? LogLossPart { get; init; }

    /// <summary>The split of the clipped log-loss of this class against the rest, <c>mean (-y ln q - (1 - y) ln(1 - q))</c>; null when not computed.</summary>
    public required ScoreDecomposition? LogLossDecomposition { get; init; }
}

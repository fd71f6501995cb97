namespace MLNet.CrossEntropy;

/// <summary>One model's figures on the rows that all compared models could be judged on. Losses are in nats.</summary>
public sealed record ComparedModel
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where every row went by this model's own scores; <see cref="CrossEntropyComparison.Rows"/> counts those left for the comparison.</summary>
    public required RowCounts Rows { get; init; }

    /// <summary>What the losses were computed from: probabilities, logits, and how that was found out.</summary>
    public required string ScoresUsed { get; init; }

    /// <summary>The mean loss without a floor: infinite where a true class was given probability 0.</summary>
    public required double LogLoss { get; init; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Math.Log(2);

    /// <summary>The mean loss with probabilities raised to <see cref="CrossEntropyComparison.ProbabilityFloor"/>.</summary>
    public required double ClippedLogLoss { get; init; }

    /// <summary>The standard error of <see cref="ClippedLogLoss"/>, rows taken as independent; NaN below two effective rows.</summary>
    public required double LogLossStandardError { get; init; }

    /// <summary>The normal confidence interval of <see cref="ClippedLogLoss"/>. To compare models look at their difference: on the same rows it is far surer than this.</summary>
    public required ConfidenceInterval LogLossInterval { get; init; }

    /// <summary>The weighted share of rows (for multi-label models: of answers) that the model gets right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>The number of rows whose loss is infinite.</summary>
    public required long InfiniteRows { get; init; }
}

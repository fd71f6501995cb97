namespace MLNet.CrossEntropy.Linear;

/// <summary>A fitted linear model over raw features: logits <c>z = W x + b</c>.</summary>
internal sealed record SgdResult
{
    /// <summary>Weights <c>[outputs, features]</c>, row-major.</summary>
    public required float[] Weights { get; init; }

    /// <summary>Biases <c>[outputs]</c>.</summary>
    public required float[] Biases { get; init; }

    /// <summary>What was known before the first epoch.</summary>
    public required SgdBeginning Beginning { get; init; }

    /// <summary>One report an epoch.</summary>
    public required IReadOnlyList<EpochReport> History { get; init; }

    /// <summary>The epoch (from 1) of the lowest validation loss; null when no validation rows were judged.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>The steps (mini-batches) that were taken.</summary>
    public long Steps { get; init; }

    /// <summary>The steps of them that a checkpoint had already taken.</summary>
    public long ResumedFrom { get; init; }

    /// <summary>The steps behind the weights, those before the fit included.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>SAGA only: the rate at which it settled, at most the one it began with.</summary>
    public double? SettledRate { get; init; }

    /// <summary>Why the fit ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>How good the returned weights are: objective, gradient norm, distance bound.</summary>
    public required OptimalityCertificate Certificate { get; init; }
}

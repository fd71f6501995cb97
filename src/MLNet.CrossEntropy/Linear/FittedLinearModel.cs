namespace MLNet.CrossEntropy.Linear;

/// <summary>What is known of a fit before its long work begins.</summary>
/// <param name="Plan">How it will go.</param>
/// <param name="MemoryBytes">About how many bytes it will take.</param>
/// <param name="UnknownValidationRows">Validation rows that are not evaluated, because no training row has their class.</param>
/// <param name="FarOutFeatures">The features with values absurdly far from all others, the farthest first.</param>
internal sealed record FitStart(
    FitPlan Plan, long MemoryBytes, long UnknownValidationRows, IReadOnlyList<FarOutFeature> FarOutFeatures)
{
    /// <summary>The penalties that were tried before one was chosen; none where they were given.</summary>
    public IReadOnlyList<PenaltyTrial> PenaltyPath { get; init; } = [];

    /// <summary>The class that all the weight of the training rows is of; null where there are several.</summary>
    public int? OnlyClass { get; init; }

    /// <summary>
    /// About how many bytes a fit takes: rows (of one chunk where they are not kept), their order, validation rows, the solver's memory,
    /// and the model in all its copies.
    /// </summary>
    public static long Bytes(FitPlan plan, RowSummary rows, IReadOnlyList<RowBlock> validation)
    {
        long outputs = plan.Outputs, weights = outputs * (rows.Features + 1);
        var isSaga = plan.Solver == Solver.Saga;
        var slots = rows.IsSparse ? 0 : plan.Rule.Slots;

        // The weights, those to come back to, those begun with, and those returned; their gradient in the certificate, in double, and
        // summed in lanes of sparse rows; on dense rows raw weights, the gradients in raw and in scaled ones, and the optimizer's slots
        // twice; on sparse ones how far each feature has caught up.
        var copies = 6 + (rows.IsSparse ? SparseProducts.LanesOf(rows) : 3 + 2 * slots) + (isSaga ? 1 : 0);
        var floats = weights * copies + (rows.IsSparse ? 2L * rows.Features : 0);
        var table = isSaga ? rows.Rows * outputs : 0;
        var batch = 2L * plan.BatchSize * outputs;
        if (plan.Solver == Solver.Newton)
            (floats, batch) = (NewtonSolver.Floats(plan.Loss, outputs, rows), 0);
        if (plan.NewtonSteps > 0)
            floats += NewtonSolver.Floats(plan.Loss, outputs, rows);
        return rows.LargestChunkBytes + validation.Sum(block => block.Bytes) + sizeof(int) * Math.Min(rows.Rows, rows.ChunkRows)
            + sizeof(float) * (floats + table + batch);
    }
}

/// <summary>A fitted linear model over raw features: logits <c>z = W x + b</c>.</summary>
internal sealed record FittedLinearModel
{
    /// <summary>Weights <c>[outputs, features]</c>, row-major.</summary>
    public required float[] Weights { get; init; }

    /// <summary>Biases <c>[outputs]</c>.</summary>
    public required float[] Biases { get; init; }

    /// <summary>What was known before the first epoch.</summary>
    public required FitStart Start { get; init; }

    /// <summary>One report an epoch.</summary>
    public required IReadOnlyList<EpochReport> History { get; init; }

    /// <summary>The epoch (from 1) of the lowest validation loss; null when no validation rows were evaluated.</summary>
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

    /// <summary>What the caller should know of weights that are not the solver's; null when there is nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>How good the returned weights are: objective, gradient norm, distance bound.</summary>
    public required OptimalityCertificate Certificate { get; init; }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Fits a linear model: plan, scaling, objective, solver, answer. The same rows, plan and seed give the same bits, whatever the number of
/// threads.
/// </summary>
internal static class LinearSolver
{
    // In a gradient that a row farther out has a part in, floats know nothing of the others.
    private const double FarthestOfNewton = 1e10;

    /// <summary>Fits the model to rows in memory.</summary>
    /// <param name="training">The rows to fit; zero-weight rows change nothing.</param>
    /// <param name="validation">Rows that are only evaluated, for early stopping; null for none.</param>
    /// <param name="plan">The objective and how to minimise it.</param>
    /// <exception cref="ArgumentException">There are no rows, none has weight, or the plan does not go with such rows.</exception>
    /// <exception cref="InvalidOperationException">The loss diverged at every learning rate that was tried.</exception>
    public static FittedLinearModel Fit(IReadOnlyList<RowBlock> training, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        if (plan.Cluster is { } cluster)
        {
            using var shares = RowShares.Deal(cluster, training, plan.Outputs, plan.Cancellation);
            return Fit(shares, validation, plan);
        }

        var weightScale = RowBlock.WeightScale(training.Where(block => block.Rows > 0).Max(block => (float?)block.LargestWeight) ?? 1);
        using var rows = new RowSet([.. training.Select(block => block.Weighing(weightScale))]);
        var summary = RowSummary.Of([rows], plan.Loss, plan.Outputs);
        return Fit((RowSet[])[rows], summary, validation, plan, areKept: true);
    }

    /// <summary>
    /// Fits the model to rows that are read anew in each epoch, and held in memory a chunk at a time: batches are drawn from one
    /// chunk after the other, shuffled within. The solver is <see cref="Solver.Sgd"/>: SAGA's memory would grow with the rows.
    /// </summary>
    /// <remarks>
    /// Before the first epoch, one more pass samples the features' means and variances (over all rows, as for rows in memory);
    /// the learning rate comes from the first chunk, so rows should not be sorted. The certificate is one pass more, at the end.
    /// </remarks>
    /// <param name="training">The rows to fit; zero-weight rows change nothing.</param>
    /// <param name="summary">The <see cref="RowSummary"/> of these rows.</param>
    /// <param name="validation">Rows that are only evaluated, for early stopping, and kept in memory; null for none.</param>
    /// <param name="plan">The objective and how to minimise it.</param>
    /// <exception cref="ArgumentException">The plan does not go with such rows.</exception>
    /// <exception cref="InvalidOperationException">The loss diverged at every learning rate that was tried.</exception>
    public static FittedLinearModel Fit(IRowSource training, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        var weightScale = RowBlock.WeightScale(summary.LargestWeight);
        return Fit(new RowChunks(training, weightScale), summary.Weighing(weightScale), validation, plan, areKept: false);
    }

    /// <summary>Fits the model to the rows of all ranks of a cluster.</summary>
    /// <param name="shares">The rows.</param>
    /// <param name="validation">The validation rows that this rank has read; null for none.</param>
    /// <param name="plan">The objective and how to minimise it, the same on every rank.</param>
    public static FittedLinearModel Fit(RowShares shares, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        var summary = RowSummary.Of(shares, plan.Loss, plan.Outputs);
        return Fit([shares.Own], summary, validation, plan, areKept: true, shares);
    }

    private static FittedLinearModel Fit(
        IEnumerable<RowSet> chunks,
        RowSummary summary,
        IReadOnlyList<RowBlock>? validation,
        FitPlan asked,
        bool areKept,
        RowShares? shares = null)
    {
        var areValidated = validation is { Count: > 0 };
        var (plan, path) = (asked.For(summary, areKept, areValidated), (IReadOnlyList<PenaltyTrial>)[]);
        var (evaluated, unknown) = areValidated ? ValidationRows.For(validation!, summary, shares?.Cluster) : ([], 0);
        using var heldShares = shares is not null && areValidated
            ? RowShares.Deal(shares.Cluster, evaluated, plan.Outputs, default, summary.IsSparse, "validation")
            : null;
        if (asked.ChoosesL1 || asked.ChoosesL2)
        {
            (asked, path) = PenaltySearch.Choose(chunks, summary, validation, asked, shares, heldShares);
            plan = asked.For(summary, areKept, areValidated);
        }

        using var held = heldShares is null && evaluated.Count > 0 ? new RowSet(evaluated) : null;
        using var team = new WorkerTeam(plan.Threads);
        using var centre = plan.IsPulled
            ? new LinearWeights(plan.Outputs, summary.Features, summary.IsSparse)
            : null;
        centre?.Set(plan.InitialWeights, plan.InitialBiases ?? summary.PriorBiases);
        var penalty = new ElasticNet(plan.L1, plan.L2, plan.PenaltyShares, centre);
        var scaling = Scaling(chunks, summary, plan, shares);
        if (scaling.FarOutFeatures is [{ Distance: < FarthestOfNewton }, ..])
            plan = asked.For(summary, areKept, areValidated, areFarOut: true);
        var size = shares is null
            ? summary
            : summary with { Rows = shares.Own.Rows, ChunkRows = shares.Own.Rows, LargestChunkBytes = shares.Own.Bytes };
        var start = new FitStart(plan, FitStart.Bytes(plan, size, evaluated), unknown, scaling.FarOutFeatures)
        {
            PenaltyPath = path,
            OnlyClass = summary.OnlyClass,
        };
        plan.OnBegin?.Invoke(start);
        using var objective = new LinearObjective(chunks, summary, plan.Loss, penalty, scaling, team)
        {
            Shares = shares,
            HeldShares = heldShares,
        };
        using var solver = Begin(objective, plan);
        return new FitRun(objective, plan, start, heldShares?.Own ?? held, solver).Complete();
    }

    /// <summary>The coordinates of a plan: they take what the penalty adds to the curvature into account.</summary>
    public static FeatureScaling Scaling(IEnumerable<RowSet> chunks, RowSummary summary, FitPlan plan, RowShares? shares = null)
    {
        var scaling = plan.Standardize ? FeatureScaling.Of(chunks, summary, shares) : FeatureScaling.None(summary.Features);
        return scaling.WithPenalty(plan, summary.IsSparse);
    }

    private static ISolver Begin(LinearObjective objective, FitPlan plan)
    {
        var weights = objective.CreateWeights();
        var isNear = plan.NearWeights is not null && plan.Solver != Solver.Sgd;
        weights.Set(isNear ? plan.NearWeights : plan.InitialWeights,
            (isNear ? plan.NearBiases : plan.InitialBiases) ?? objective.Summary.PriorBiases);
        if (plan.NewtonSteps > 0)
            return new FinishedSolver(objective, plan, weights);
        using (weights)
        {
            return plan.Solver == Solver.Newton
                ? new NewtonSolver(objective, objective.Chunks.Single(), plan, weights)
                : new SgdSolver(objective, plan, weights);
        }
    }
}

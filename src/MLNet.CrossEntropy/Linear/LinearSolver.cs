using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Fits a linear model: plan, scaling, objective, solver, answer. The same rows, plan and seed give the same bits, whatever the number of
/// threads.
/// </summary>
internal static class LinearSolver
{
    /// <summary>Fits the model to rows in memory.</summary>
    /// <param name="training">The rows to fit; zero-weight rows change nothing.</param>
    /// <param name="validation">Rows that are only evaluated, for early stopping; null for none.</param>
    /// <param name="plan">The objective and how to minimise it.</param>
    /// <exception cref="ArgumentException">There are no rows, none has weight, or the plan does not go with such rows.</exception>
    /// <exception cref="InvalidOperationException">The loss diverged at every learning rate that was tried.</exception>
    public static FittedLinearModel Fit(IReadOnlyList<RowBlock> training, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        using var rows = new RowSet(training);
        var summary = RowSummary.Of([rows], plan.Loss, plan.Outputs);
        rows.WeightScale = summary.WeightScale;
        return Fit([rows], summary.Scaled(), validation, plan.For(summary, areKept: true));
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
    public static FittedLinearModel Fit(IRowSource training, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan) =>
        Fit(new RowChunks(training) { WeightScale = summary.WeightScale }, summary.Scaled(), validation, plan.For(summary, areKept: false));

    private static FittedLinearModel Fit(IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        var (evaluated, unknown) = validation is { Count: > 0 } ? ValidationRows.For(validation, summary) : ([], 0);
        using var held = evaluated.Count > 0 ? new RowSet(evaluated) : null;
        // Validation rows decide when to stop: not at the optimum.
        if (held is not null)
            plan = plan with { NewtonSteps = 0 };
        using var team = new WorkerTeam(plan.Threads);
        using var centre = plan is { PullsToInitial: true, InitialWeights: not null }
            ? new LinearWeights(plan.Outputs, summary.Features, summary.IsSparse)
            : null;
        centre?.Set(plan.InitialWeights, plan.InitialBiases ?? summary.PriorBiases);
        var penalty = new ElasticNet(plan.L1, plan.L2, plan.PenaltyShares, centre);
        var scaling = plan.Standardize
            ? FeatureScaling.Of(chunks, summary, plan.L2, plan.Loss.Curvature, team)
            : FeatureScaling.None(summary.Features);
        var start = new FitStart(plan, FitStart.Bytes(plan, summary, evaluated), unknown, scaling.FarOutFeatures);
        plan.OnBegin?.Invoke(start);
        using var objective = new LinearObjective(chunks, summary, plan.Loss, penalty, scaling, team);
        using var solver = Begin(objective, plan);
        return new FitRun(objective, plan, start, held, solver).Complete();
    }

    private static ISolver Begin(LinearObjective objective, FitPlan plan)
    {
        var weights = objective.CreateWeights();
        weights.Set(plan.InitialWeights, plan.InitialBiases ?? objective.Summary.PriorBiases);
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

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Which rows judge a penalty.</summary>
internal sealed partial class PenaltySearch
{
    // Up to so many rows are held out in ten and in five folds, more in two halves; of many rows, no class having few, half of them tell
    // as much, and a sample where a path along them all would take long: a pass costs by their values and outputs, by a sparse value more
    // than by a dense one.
    private const int RowsOfTenFolds = 300;
    private const int RowsOfFiveFolds = 2_000;
    private const int WeightsOfFiveFolds = 500;
    private const int AllRows = 8_192;
    private const int FewOfClass = 50;
    private const int FewestSampled = 2_000;
    private const double LargestSample = 1e8;
    private const double CostOfSparse = 8;
    private const double LeastCost = 2_000;
    private const int FewestRows = 30;

    // Up to so many rows, and parameters of a block, rows are left out one by one. Of more rows, those that alone know of a feature are
    // left out by a guess, and halves tell as much.
    private const int MostRowsLeftOut = 4_096;
    private const int MostLeftOut = 1_000;

    /// <summary>The plan with its penalties, and what was tried; nothing where the rows are too few to spare any.</summary>
    /// <param name="chunks">All rows, or in a cluster this rank's.</param>
    /// <param name="summary">What is known of all rows.</param>
    /// <param name="validation">The rows that judge, where they are given.</param>
    /// <param name="plan">The fit.</param>
    /// <param name="shares">Of a cluster, the rows of all ranks: each makes the same choice by the same rows, drawn from them.</param>
    /// <param name="heldShares">Of a cluster, the validation rows of all ranks.</param>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path) Choose(
        IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan, RowShares? shares = null,
        RowShares? heldShares = null)
    {
        var cost = Math.Max(LeastCost, (summary.IsSparse ? CostOfSparse : 1) * summary.ValuesPerRow * plan.Outputs);
        var half = Math.Max(AllRows, summary.Rows / 2);
        var hasRare = summary.OutputWeights.Any(weight => weight > 0 && weight * half / summary.TargetWeight < FewOfClass);
        var size = (int)Math.Min(hasRare ? summary.Rows : half, Math.Max(FewestSampled, LargestSample / cost));
        size = (int)Math.Min(size, summary.Rows);
        IReadOnlyList<RowBlock> rows = shares is not null ? [shares.Sample(size)]
            : chunks is RowSet[] { Length: 1 } kept && size == summary.Rows ? [.. kept[0].Blocks]
            : [RowSample.Draw(chunks, summary, size, plan.Seed)];
        var isValidated = validation is { Count: > 0 };
        var variances = plan.Standardize && (isValidated || size >= FewestRows) ? SharesOf(chunks, summary, shares) : null;
        if (shares is null)
            return Choose(rows, summary, validation, plan, variances);
        validation = heldShares is null ? null : [heldShares.Sample(size)];
        // Each rank by itself: together they only say whether one was cancelled.
        var (chosen, path) = shares.Cluster.Together(() => Choose(rows, summary, validation, plan with { Cluster = null }, variances));
        return (chosen with { Cluster = plan.Cluster }, path);
    }

    private static (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path) Choose(
        IReadOnlyList<RowBlock> rows, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan, float[]? shares)
    {
        var isValidated = validation is { Count: > 0 };
        var size = rows.Sum(block => block.Rows);
        var form = new HessianForm(plan.Loss, plan.Outputs, summary);
        if (!isValidated && size is >= FewestRows and <= MostRowsLeftOut && !plan.ChoosesL1 && plan.L1 == 0 && plan.Loss.HasCurvature
            && form.IsWhole && form.BlockSize <= MostLeftOut
            && !rows.Any(block => block.Groups is { } groups && groups.AsSpan().ContainsAnyExcept(0UL)))
        {
            using var search = new PenaltySearch(
                summary, plan, shares, rows, search => [new HeldOutSplit(rows, heldOut: null, plan, search._team)]);
            if (search.Choose() is { } choice)
                return choice;
        }

        using var folds = new PenaltySearch(summary, plan, shares, rows, search => isValidated
            ? [new HeldOutSplit(rows, validation, plan, search._team)]
            : size < FewestRows ? [] : search.Folds(rows, size));
        return folds.Choose()!.Value;
    }

    private HeldOutSplit[] Folds(IReadOnlyList<RowBlock> rows, int count)
    {
        var weights = (long)_plan.Outputs * _all.Features;
        var folds = count <= RowsOfTenFolds ? 10 : count <= RowsOfFiveFolds && weights <= WeightsOfFiveFolds ? 5 : 2;
        var held = new HeldOutFolds(rows, _plan.Outputs, folds, _plan.Seed);
        if (!held.AreSeveral)
            return [];
        if (folds == 2)
        {
            RowBlock[] halves = [.. Enumerable.Range(0, 2).Select(fold => RowSample.Weighing(held.Rows(fold, isHeldOut: true), _all))];
            return [new HeldOutSplit([halves[0]], [halves[1]], _plan, _team), new HeldOutSplit([halves[1]], [halves[0]], _plan, _team)];
        }

        return [.. Enumerable.Range(0, folds)
            .Select(fold => new HeldOutSplit(held.Rows(fold, isHeldOut: false), held.Rows(fold, isHeldOut: true), _plan, _team))];
    }
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Chooses the penalties of a fit by the log-loss of rows that are held out from it: the validation rows where there are some, else
/// folds of the training rows, of many rows one share of a sample. The penalties fall from one that hardly lets the model learn, which
/// the data's own gradient tells, by powers of ten, each fit beginning at the weights of the one before, until the loss rises; then
/// half a power beside the best is tried.
/// </summary>
/// <remarks>
/// L2 is tried on the weights of scaled features, which makes the model independent of the features' units, and on raw weights, which
/// must be clearly better to be taken. What is kept from the folds to all rows is <c>l2 N</c>, the precision of a normal prior of the
/// weights; of L1 <c>l1 sqrt(N)</c>, which noise must not exceed (Tibshirani 1996; Friedman, Hastie and Tibshirani 2010,
/// "Regularization Paths for Generalized Linear Models via Coordinate Descent", for the path).
/// </remarks>
internal sealed class PenaltySearch : IDisposable
{
    // Up to so many rows are held out in ten and in five folds; of more, a fifth is held out once, of a sample where there are many.
    private const int RowsOfTenFolds = 300;
    private const int RowsOfFiveFolds = 2_000;
    private const int SampledRows = 10_000;
    private const int FewestRows = 8;

    // The strongest penalty lets the loss fall by at most this share of it.
    private const double FirstGain = 0.1;
    private const double Factor = 10;
    private const int MostSteps = 14;
    private const double ClearRise = 0.02;
    private const double Flat = 1e-3;

    // By so much must raw weights be better, and by more than the standard error of the difference.
    private const double ClearGain = 0.005;

    private readonly FitPlan _plan;
    private readonly RowSummary _all;
    private readonly WorkerTeam _team;
    private readonly HeldOutSplit[] _splits;
    private readonly float[]? _shares;

    private PenaltySearch(IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        (_plan, _all) = (plan, summary);
        var size = (int)Math.Min(summary.Rows, SampledRows);
        IReadOnlyList<RowBlock> rows = chunks is RowSet[] { Length: 1 } kept && summary.Rows <= 2 * SampledRows
            ? [.. kept[0].Blocks]
            : [RowSample.Draw(chunks, summary, size, plan.Seed)];
        _team = new WorkerTeam(size * plan.Outputs * summary.ValuesPerRow < FitPlan.WorthAThread ? 1 : plan.Threads);
        _splits = validation is { Count: > 0 } ? [new HeldOutSplit(rows, validation, plan, _team)] : Folds(rows);
        if (plan.Standardize && _splits.Length > 0)
            _shares = SharesOf(chunks, summary, plan);
    }

    /// <summary>The plan with its penalties, and what was tried; nothing where the rows are too few to spare any.</summary>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path) Choose(
        IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        using var search = new PenaltySearch(chunks, summary, validation, plan);
        return search.Choose();
    }

    /// <summary>The variance of each feature, as far as its scale knows it: the share of L2 that a scaled weight of 1 makes.</summary>
    public static float[] SharesOf(IEnumerable<RowSet> chunks, RowSummary summary, FitPlan plan) =>
        [.. FeatureScaling.Of(chunks, summary, 0, plan.Loss.Curvature).Scales.Select(scale => 1 / (scale * scale))];

    public void Dispose()
    {
        foreach (var split in _splits)
            split.Dispose();
        _team.Dispose();
    }

    private HeldOutSplit[] Folds(IReadOnlyList<RowBlock> rows)
    {
        var count = rows.Sum(block => block.Rows);
        if (count < FewestRows)
            return [];
        var folds = count <= RowsOfTenFolds ? 10 : 5;
        var held = new HeldOutFolds(rows, _plan.Outputs, folds, _plan.Seed);
        return [.. Enumerable.Range(0, count <= RowsOfFiveFolds ? folds : 1)
            .Select(fold => new HeldOutSplit(held.Rows(fold, isHeldOut: false), held.Rows(fold, isHeldOut: true), _plan, _team))];
    }

    private (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path) Choose()
    {
        var plan = _plan with { ChoosesL1 = false, ChoosesL2 = false };
        if (_splits.Length == 0)
            return (_plan.ChoosesL2 ? plan with { L2 = 1 / _all.TargetWeight } : plan, []);
        List<Trial> path = [];
        var chosen = new Trial(_plan.L1, _plan.L2, null, []);
        if (_plan.ChoosesL2)
        {
            chosen = Descend(path, shares: _shares);
            if (_shares is not null && _shares.Max() > 4 * _shares.Min() && Descend(path, shares: null) is var raw && IsClearlyBetter(raw, chosen))
                chosen = raw;
        }

        return (plan with { L1 = chosen.L1, L2 = OfAll(chosen.L2), PenaltyShares = chosen.Shares }, Report(path, chosen));
    }

    private Trial Descend(List<Trial> path, float[]? shares)
    {
        var slopes = _splits.Select(split => split.Slope(shares)).ToArray();
        var first = slopes.Average(slope => slope.SquaredNorm) / (2 * FirstGain * slopes.Average(slope => slope.Loss));
        if (!(first > 0 && double.IsFinite(first)))
            first = 1;
        foreach (var split in _splits)
            split.Restart();
        var best = Try(first);
        var last = best;
        var l2 = first;
        for (int i = 0, idle = 0; i < MostSteps && idle < 2; i++)
        {
            last = Try(l2 /= Factor);
            if (!(last.Mean < best.Mean * (1 + ClearRise)))
                break;
            idle = last.Mean < best.Mean * (1 - Flat) ? 0 : idle + 1;
            best = Better(last, best);
        }

        for (var i = 0; i < MostSteps && best.L2 >= first; i++)
        {
            foreach (var split in _splits)
                split.Restart();
            var stronger = Try(best.L2 * Factor);
            if (!(stronger.Mean < best.Mean * (1 - Flat)))
                break;
            best = Better(stronger, best);
        }

        var middle = best.L2;
        foreach (var factor in (double[])[Math.Sqrt(Factor), 1 / Math.Sqrt(Factor)])
        {
            foreach (var split in _splits)
                split.BeginAtKept();
            best = Better(Try(middle * factor), best);
        }

        return best;

        Trial Try(double penalty)
        {
            var trial = new Trial(_plan.L1, penalty, shares, new (double, double)[_splits.Sum(split => split.HeldOutRows)]);
            var from = 0;
            foreach (var split in _splits)
            {
                split.Try(trial.L1, penalty, shares, trial.Losses.AsSpan(from, split.HeldOutRows));
                from += split.HeldOutRows;
            }

            trial.Measure();
            path.Add(trial);
            return trial;
        }

        Trial Better(Trial trial, Trial than)
        {
            if (!(trial.Mean < than.Mean))
                return than;
            foreach (var split in _splits)
                split.Keep();
            return trial;
        }
    }

    private static bool IsClearlyBetter(Trial trial, Trial than)
    {
        var (gain, error) = LinearObjective.MeanLoss(
            [.. than.Losses.Zip(trial.Losses, (its, mine) => (its.Loss - mine.Loss, mine.Weight))]);
        return gain > Math.Max(error, ClearGain * than.Mean);
    }

    /// <summary>The penalty of a fit to all rows that holds weights as much as this one does those of a part of them.</summary>
    private double OfAll(double l2) => l2 * _splits.Average(split => split.Summary.TargetWeight) / _all.TargetWeight;

    private PenaltyTrial[] Report(List<Trial> path, Trial chosen)
    {
        var lowest = path.Where(trial => trial.Shares == chosen.Shares).MinBy(trial => trial.Mean)!;
        var simplest = path.Where(trial => trial.Shares == chosen.Shares && trial.Mean <= lowest.Mean + lowest.Error).MaxBy(trial => trial.L2);
        return [.. path.OrderBy(trial => trial.Shares is null).ThenByDescending(trial => trial.L2).Select(trial => new PenaltyTrial
        {
            L2Regularization = OfAll(trial.L2),
            L1Regularization = trial.L1,
            IsOfScaledFeatures = trial.Shares is not null,
            HeldOutLoss = trial.Mean,
            StandardError = trial.Error,
            IsChosen = trial == chosen,
            IsOneStandardError = trial == simplest,
        })];
    }

    /// <summary>Penalties, and the loss of each held-out row and its weight.</summary>
    private sealed class Trial(double l1, double l2, float[]? shares, (double Loss, double Weight)[] losses)
    {
        public double L1 { get; } = l1;

        public double L2 { get; } = l2;

        public float[]? Shares { get; } = shares;

        public (double Loss, double Weight)[] Losses { get; } = losses;

        public double Mean { get; private set; }

        public double Error { get; private set; }

        public void Measure()
        {
            (Mean, Error) = LinearObjective.MeanLoss(Losses);
            if (!double.IsFinite(Mean))
                Mean = double.PositiveInfinity;
        }
    }
}

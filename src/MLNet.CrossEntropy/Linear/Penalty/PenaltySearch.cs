using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Chooses the penalties of a fit by the log-loss of rows that are held out from it: the validation rows where there are some, else each
/// row by itself, about, where the Hessian is factorised (see <see cref="LeaveOneOut"/>), else folds of the training rows, of many rows the
/// halves of a sample. The penalties fall from one that hardly lets the model learn, which
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
    // Up to so many rows are held out in ten and in five folds, more in two halves, of a sample where a path along them all would take
    // long: a product with the Hessian costs by their values and outputs, by a sparse value more than by a dense one.
    private const int RowsOfTenFolds = 300;
    private const int RowsOfFiveFolds = 2_000;
    private const int WeightsOfFiveFolds = 500;
    private const int FewestSampled = 2_000;
    private const double LargestSample = 1e8;
    private const double CostOfSparse = 8;
    private const double LeastCost = 2_000;
    private const int FewestRows = 30;

    // Up to so many parameters of a block rows are left out one by one, of as many rows as tell a penalty from ten times of it; at more
    // rows it moves the loss by less than a parameter in twice as many rows does.
    private const int MostLeftOut = 1_000;
    private const int FewestLeftOut = 4_096;
    private const int RowsPerParameter = 8;
    private const double MostGuessed = 0.05;

    // A glance at a few rows says where to begin with all of them, where these are so many times as many.
    private const int WorthAGlance = 2;

    // The strongest penalty lets a parabola with the loss's slope, and no curvature but the penalty's, fall by so many times the loss; from
    // a model that knows something, hardly at all.
    private const double FirstGain = 5;
    private const double FirstGainOfPulled = 0.005;
    private const double Factor = 10;
    private const int MostSteps = 14;
    private const double ClearRise = 0.02;
    private const double Flat = 1e-3;
    private const int MostIdleOfPulled = 2;

    // Where classes fall apart by themselves, ever weaker penalties seem better without end. Rows that were all guessed right cannot
    // tell losses below about one over their number.
    private const double Solved = 1e-3;

    // L1 falls in smaller steps: it has less far to go.
    private const double FactorL1 = 3;
    private const int MostStepsL1 = 8;

    // Of features whose variances differ by less, raw weights are as good as scaled ones.
    private const double WorthASecondPath = 4;
    private const int MostClimbs = 8;

    // Penalties that differ by less, in their logarithm, have about the same loss.
    private const double WorthAStep = 0.3;

    // By so much must raw weights be better, and by more than the standard error of the difference.
    private const double ClearGain = 0.005;

    private readonly FitPlan _plan;
    private readonly RowSummary _all;
    private readonly WorkerTeam _team;
    private readonly HeldOutSplit[] _splits;
    private readonly float[]? _shares;
    private readonly List<Trial> _path = [];

    private PenaltySearch(RowSummary all, FitPlan plan, float[]? shares, IReadOnlyList<RowBlock> rows, Func<PenaltySearch, HeldOutSplit[]> split)
    {
        (_all, _plan, _shares) = (all, plan, shares);
        _team = new WorkerTeam(rows.Sum(block => block.Rows) * plan.Outputs * all.ValuesPerRow < FitPlan.WorthAThread ? 1 : plan.Threads);
        _splits = split(this);
    }

    /// <summary>The plan with its penalties, and what was tried; nothing where the rows are too few to spare any.</summary>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path) Choose(
        IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, FitPlan plan)
    {
        var cost = Math.Max(LeastCost, (summary.IsSparse ? CostOfSparse : 1) * summary.ValuesPerRow * plan.Outputs);
        var size = (int)Math.Min(summary.Rows, Math.Max(FewestSampled, LargestSample / cost));
        IReadOnlyList<RowBlock> rows = chunks is RowSet[] { Length: 1 } kept && size == summary.Rows
            ? [.. kept[0].Blocks]
            : [RowSample.Draw(chunks, summary, size, plan.Seed)];
        var isValidated = validation is { Count: > 0 };
        var shares = plan.Standardize && (isValidated || size >= FewestRows) ? SharesOf(chunks, summary, plan) : null;
        var form = new HessianForm(plan.Loss, plan.Outputs, summary);
        if (!isValidated && size >= FewestRows && !plan.ChoosesL1 && plan.L1 == 0 && plan.Loss.HasCurvature && form.IsWhole
            && form.BlockSize <= MostLeftOut && !rows.Any(block => block.Groups is { } groups && groups.AsSpan().ContainsAnyExcept(0UL)))
        {
            using var search = LeavingOneOut(rows);
            if (search.Choose(Glance()) is { } choice)
                return choice;
        }

        using var folds = new PenaltySearch(summary, plan, shares, rows, search => isValidated
            ? [new HeldOutSplit(rows, validation, plan, search._team)]
            : size < FewestRows ? [] : search.Folds(rows, size));
        return folds.Choose(null)!.Value;

        PenaltySearch LeavingOneOut(IReadOnlyList<RowBlock> some) =>
            new(summary, plan, shares, some, search => [new HeldOutSplit(some, heldOut: null, plan, search._team)]);

        Trial? Glance()
        {
            var few = Math.Max(FewestLeftOut, RowsPerParameter * form.BlockSize);
            if (WorthAGlance * few > size)
                return null;
            using var set = new RowSet(rows);
            using var glance = LeavingOneOut([RowSample.Draw([set], summary with { Rows = size }, few, plan.Seed)]);
            var near = glance.Descend(shares, null);
            return near with { L2 = glance.OfAll(near.L2) };
        }
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

    private HeldOutSplit[] Folds(IReadOnlyList<RowBlock> rows, int count)
    {
        var weights = (long)_plan.Outputs * _all.Features;
        var folds = count <= RowsOfTenFolds ? 10 : count <= RowsOfFiveFolds && weights <= WeightsOfFiveFolds ? 5 : 2;
        var held = new HeldOutFolds(rows, _plan.Outputs, folds, _plan.Seed);
        if (folds == 2)
        {
            RowBlock[] halves = [.. Enumerable.Range(0, 2).Select(fold => RowSample.Weighing(held.Rows(fold, isHeldOut: true), _all))];
            return [new HeldOutSplit([halves[0]], [halves[1]], _plan, _team), new HeldOutSplit([halves[1]], [halves[0]], _plan, _team)];
        }

        return [.. Enumerable.Range(0, folds)
            .Select(fold => new HeldOutSplit(held.Rows(fold, isHeldOut: false), held.Rows(fold, isHeldOut: true), _plan, _team))];
    }

    /// <summary>The choice; null where leaving rows out one by one is a guess for too many.</summary>
    private (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path)? Choose(Trial? near)
    {
        var plan = _plan with { ChoosesL1 = false, ChoosesL2 = false };
        if (_splits.Length == 0)
            return (_plan.ChoosesL2 ? plan with { L2 = 1 / _all.TargetWeight } : plan, []);
        var chosen = new Trial(_plan.L1, _plan.L2 / OfAll(1), null, []);
        if (_plan.ChoosesL2)
        {
            chosen = DescendL2(_shares, near);
            if (_shares is not null && _shares.Max() > WorthASecondPath * _shares.Min() && ClimbRaw(chosen) is var raw
                && IsClearlyBetter(raw, chosen))
                chosen = raw;
            if (_plan.IsPulled)
                chosen = Simplest(chosen);
        }

        if (chosen.Guessed > MostGuessed)
            return null;
        if (_plan.ChoosesL1)
            chosen = DescendL1(chosen);
        plan = plan with
        {
            L1 = OfAllL1(chosen.L1),
            L2 = _plan.ChoosesL2 ? OfAll(chosen.L2) : _plan.L2,
            PenaltyShares = chosen.Shares,
            NearWeights = chosen.Near?.Weights,
            NearBiases = chosen.Near?.Biases,
        };
        return (plan, Report(chosen));
    }

    /// <summary>The best of a path, and of a look between its penalties.</summary>
    private Trial DescendL2(float[]? shares, Trial? near)
    {
        var best = Descend(shares, near);
        return best.Mean > SolvedBy(best) ? Between(best) : best;
    }

    /// <summary>From strong to weak until the loss rises, and on to stronger ones where the first was the best.</summary>
    /// <param name="shares">What of the penalty each feature gets.</param>
    /// <param name="near">Where to begin, if something is known of it.</param>
    private Trial Descend(float[]? shares, Trial? near)
    {
        var first = near is null ? Strongest(shares) : near.L2 / OfAll(1);
        Restart(near);
        var best = Better(Try(_plan.L1, first, shares), null);
        var solved = SolvedBy(best);
        var most = _plan.IsPulled ? MostIdleOfPulled : 1;
        for (int i = 1, idle = 0; i < MostSteps && idle < most && best.Mean > solved; i++)
        {
            var trial = Try(_plan.L1, first / Math.Pow(Factor, i), shares);
            if (!(trial.Mean < best.Mean * (1 + ClearRise)))
                break;
            idle = trial.Mean < best.Mean * (1 - Flat) ? 0 : idle + 1;
            best = Better(trial, best);
        }

        for (var i = 0; i < MostSteps && best.L2 >= first; i++)
        {
            foreach (var split in _splits)
                split.BeginAtKept();
            var trial = Try(_plan.L1, best.L2 * Factor, shares);
            if (!(trial.Mean < best.Mean * (1 - Flat)))
                break;
            best = Better(trial, best);
        }

        return best;
    }

    /// <summary>The penalty to begin with: the data's own gradient tells how far it lets the loss fall.</summary>
    private double Strongest(float[]? shares)
    {
        var slopes = _splits.Select(split => split.Slope(shares)).ToArray();
        var gain = _plan.IsPulled ? FirstGainOfPulled : FirstGain;
        var first = slopes.Average(slope => slope.SquaredNorm) / (2 * gain * slopes.Average(slope => slope.Loss));
        return first > 0 && double.IsFinite(first) ? first : 1;
    }

    private static double SolvedBy(Trial first) => Math.Max(Solved * first.Mean, 1.0 / first.Losses.Length);

    /// <summary>
    /// Raw weights, from the penalty on that is worth as much for the model of the best one on scaled ones; left where they are worse.
    /// </summary>
    private Trial ClimbRaw(Trial scaled)
    {
        var squares = _splits.Select(split => split.SquaresOfKept(scaled.Shares!)).ToArray();
        var alike = scaled.L2 * squares.Sum(sum => sum.Shared) / squares.Sum(sum => sum.Plain);
        if (!(alike > 0 && double.IsFinite(alike)))
            return scaled;
        foreach (var split in _splits)
            split.BeginAtKept();
        var best = Better(Try(_plan.L1, alike, null), null);
        for (var i = 0; i < MostClimbs && best.Mean < scaled.Mean * (1 - ClearGain / 2); i++)
        {
            var before = best;
            best = Beside(best, Factor);
            if (best == before)
                break;
        }

        return best.Mean < scaled.Mean * (1 - ClearGain / 2) ? Between(best) : best;
    }

    /// <summary>The best of a trial and two beside it, by a factor stronger and weaker, where these have not been tried.</summary>
    private Trial Beside(Trial middle, double factor)
    {
        var best = middle;
        foreach (var l2 in (double[])[middle.L2 * factor, middle.L2 / factor])
        {
            if (_path.Any(trial => trial.Shares == middle.Shares && Math.Abs(Math.Log(trial.L2 / l2)) < 0.1))
                continue;
            foreach (var split in _splits)
                split.BeginAtKept();
            best = Better(Try(_plan.L1, l2, middle.Shares), best);
        }

        return best;
    }

    /// <summary>The best of a trial and where a parabola through it and its neighbours, over the penalties' logarithms, is lowest.</summary>
    private Trial Between(Trial middle)
    {
        var alike = _path.Where(trial => trial.Shares == middle.Shares && double.IsFinite(trial.Mean)).ToArray();
        var stronger = alike.Where(trial => trial.L2 > middle.L2).MinBy(trial => trial.L2);
        var weaker = alike.Where(trial => trial.L2 < middle.L2).MaxBy(trial => trial.L2);
        if (stronger is null || weaker is null)
            return middle;
        double up = Math.Log(stronger.L2 / middle.L2), down = Math.Log(weaker.L2 / middle.L2);
        double rise = stronger.Mean - middle.Mean, fall = weaker.Mean - middle.Mean;
        var lowest = (rise * down * down - fall * up * up) / (2 * (rise * down - fall * up));
        var gain = lowest * lowest * (rise / up + fall / -down) / (up - down);
        if (!(gain > Flat * middle.Mean && Math.Abs(lowest) > WorthAStep))
            return middle;
        foreach (var split in _splits)
            split.BeginAtKept();
        return Better(Try(_plan.L1, middle.L2 * Math.Exp(lowest), middle.Shares), middle);
    }

    /// <summary>
    /// The strongest penalty that is not worse by more than the standard error of the difference: rows too few to tell leave a model as
    /// it was.
    /// </summary>
    private Trial Simplest(Trial best) => _path.Where(trial => trial.Shares == best.Shares && trial.L2 > best.L2)
        .OrderByDescending(trial => trial.L2)
        .FirstOrDefault(trial => Gain(best, trial) is var (gain, error) && gain <= error) ?? best;

    /// <summary>From the penalty that leaves no weight to weaker ones, and none at all.</summary>
    private Trial DescendL1(Trial without)
    {
        var first = _splits.Average(split => split.Slope(without.Shares).Largest);
        Restart();
        Trial? best = null;
        for (var i = 1; i <= MostStepsL1; i++)
        {
            var trial = Try(first / Math.Pow(FactorL1, i), without.L2, without.Shares);
            if (best is not null && !(trial.Mean < best.Mean * (1 + ClearRise)))
                break;
            best = Better(trial, best);
        }

        return without.Losses.Length > 0 && without.Mean <= best!.Mean ? without : best!;
    }

    private void Restart(Trial? near = null)
    {
        foreach (var split in _splits)
            split.Restart(near?.Near);
    }

    private Trial Try(double l1, double l2, float[]? shares)
    {
        var losses = new (double Loss, double Weight)[_splits.Sum(split => split.HeldOutRows)];
        var from = 0;
        foreach (var split in _splits)
        {
            split.Try(l1, l2, shares, losses.AsMemory(from, split.HeldOutRows));
            from += split.HeldOutRows;
        }

        var trial = new Trial(l1, l2, shares, losses) 
        {
            Near = _splits is [{ LeavesOneOut: true } all] ? all.Weights() : null,
            Guessed = _splits[0].Guessed,
        };
        _path.Add(trial);
        return trial;
    }

    /// <summary>The better of the last trial and another, the weights being kept if it is the last one.</summary>
    private Trial Better(Trial last, Trial? other)
    {
        if (other is not null && !(last.Mean < other.Mean))
            return other;
        foreach (var split in _splits)
            split.Keep();
        return last;
    }

    private static bool IsClearlyBetter(Trial trial, Trial than)
    {
        var (gain, error) = Gain(trial, than);
        return gain > Math.Max(error, ClearGain * than.Mean);
    }

    /// <summary>By how much a trial's loss is lower than another's, and the standard error of that.</summary>
    private static (double Gain, double Error) Gain(Trial trial, Trial than) => LinearObjective.MeanLoss(
        [.. than.Losses.Zip(trial.Losses, (its, mine) => (its.Loss - mine.Loss, mine.Weight))]);

    /// <summary>The penalty of a fit to all rows that holds weights as much as this one does those of a part of them.</summary>
    private double OfAll(double l2) => l2 * _splits.Average(split => split.Summary.TargetWeight) / _all.TargetWeight;

    private double OfAllL1(double l1) => l1 * Math.Sqrt(OfAll(1));

    private PenaltyTrial[] Report(Trial chosen)
    {
        var alike = _path.Where(trial => trial.Shares == chosen.Shares && trial.L1 > 0 == chosen.L1 > 0).ToArray();
        var lowest = alike.MinBy(trial => trial.Mean)!;
        var simplest = alike.Where(trial => trial.Mean <= lowest.Mean + lowest.Error).MaxBy(trial => (trial.L1, trial.L2));
        return [.. _path
            .OrderBy(trial => trial.Shares is null).ThenByDescending(trial => trial.L1).ThenByDescending(trial => trial.L2)
            .Select(trial => new PenaltyTrial
            {
                L2Regularization = OfAll(trial.L2),
                L1Regularization = OfAllL1(trial.L1),
                IsOfScaledFeatures = trial.Shares is not null,
                HeldOutLoss = trial.Mean,
                StandardError = trial.Error,
                IsChosen = trial == chosen,
                IsOneStandardError = trial == simplest,
            })];
    }

    /// <summary>Penalties, and the loss of each held-out row and its weight.</summary>
    private sealed record Trial
    {
        public Trial(double l1, double l2, float[]? shares, (double Loss, double Weight)[] losses)
        {
            (L1, L2, Shares, Losses) = (l1, l2, shares, losses);
            (Mean, Error) = LinearObjective.MeanLoss(losses);
            Mean = double.IsFinite(Mean) ? Mean : double.PositiveInfinity;
        }

        /// <summary>Where the fit to all rows has ended, if it was one.</summary>
        public (float[] Weights, float[] Biases)? Near { get; init; }

        /// <summary>The share of rows whose loss is a guess.</summary>
        public double Guessed { get; init; }

        public double L1 { get; }

        public double L2 { get; init; }

        public float[]? Shares { get; }

        public (double Loss, double Weight)[] Losses { get; }

        public double Mean { get; }

        public double Error { get; }
    }
}

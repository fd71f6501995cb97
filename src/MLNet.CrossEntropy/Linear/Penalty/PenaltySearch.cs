using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Chooses the penalties of a fit by the log-loss of rows that are held out from it: the validation rows where there are some, else each
/// row by itself, about, where the Hessian is factorised (see <see cref="LeaveOneOut"/>), else folds of the training rows, of many rows the
/// halves of a sample. The penalties fall from a strong one, which the data's own gradient tells, by powers of ten, each fit beginning at
/// the weights of the one before, until the loss rises; then one more is tried where a parabola is lowest.
/// </summary>
/// <remarks>
/// L2 is tried on the weights of scaled features, which makes the model independent of the features' units, and on raw weights, which
/// must be clearly better to be taken. What is kept from the folds to all rows is <c>l2 N</c>, the precision of a normal prior of the
/// weights; of L1 <c>l1 sqrt(N)</c>, which noise must not exceed (Tibshirani 1996; Friedman, Hastie and Tibshirani 2010,
/// "Regularization Paths for Generalized Linear Models via Coordinate Descent", for the path).
/// </remarks>
internal sealed partial class PenaltySearch : IDisposable
{
    // The share of rows whose losses may be guesses.
    private const double MostGuessed = 0.05;

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

    // Newton's steps from the mean of the folds' weights to those of all rows.
    private const int StepsFromHalves = 3;

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
    private readonly List<TriedPenalty> _path = [];

    private PenaltySearch(
        RowSummary all, FitPlan plan, float[]? shares, IReadOnlyList<RowBlock> rows, Func<PenaltySearch, HeldOutSplit[]> split)
    {
        (_all, _plan, _shares) = (all, plan, shares);
        _team = new WorkerTeam(rows.Sum(block => block.Rows) * plan.Outputs * all.ValuesPerRow < FitPlan.WorthAThread ? 1 : plan.Threads);
        _splits = split(this);
    }

    /// <summary>The variance of each feature, as far as its scale knows it: the share of L2 that a scaled weight of 1 makes.</summary>
    public static float[] SharesOf(IEnumerable<RowSet> chunks, RowSummary summary, RowShares? shares = null) =>
        [.. FeatureScaling.Of(chunks, summary, shares).Scales.Select(scale => 1 / (scale * scale))];

    public void Dispose()
    {
        foreach (var split in _splits)
            split.Dispose();
        _team.Dispose();
    }

    /// <summary>The choice; null where leaving rows out one by one is a guess for too many.</summary>
    private (FitPlan Plan, IReadOnlyList<PenaltyTrial> Path)? Choose()
    {
        var plan = _plan;
        if (_splits.Length == 0)
            return (_plan.ChoosesL2 ? plan with { L2 = 1 / _all.TargetWeight } : plan, []);
        var chosen = new TriedPenalty(_plan.L1, _plan.L2 / OfAll(1), null, []);
        if (_plan.ChoosesL2)
        {
            chosen = DescendL2(_shares);
            if (_shares is not null && !IsSolved(chosen) && _shares.Max() > WorthASecondPath * _shares.Min()
                && ClimbRaw(chosen) is var raw
                && raw.GainOver(chosen) is var (gain, error) && gain > Math.Max(error, ClearGain * chosen.Mean))
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
            NearSteps = _splits is [{ LeavesOneOut: true }] ? 1 : StepsFromHalves,
            NearRate = _splits.Min(split => split.Rate),
        };
        return (plan, Report(chosen));
    }

    /// <summary>The best of a path, and of a look between its penalties.</summary>
    private TriedPenalty DescendL2(float[]? shares)
    {
        var best = Descend(shares);
        return IsSolved(best) ? best : Between(best);
    }

    /// <summary>From strong to weak until the loss rises, and on to stronger ones where the first was the best.</summary>
    /// <param name="shares">What of the penalty each feature gets.</param>
    private TriedPenalty Descend(float[]? shares)
    {
        var first = Strongest(shares);
        Restart();
        var best = Better(Try(_plan.L1, first, shares), null);
        var solved = Math.Max(Solved * best.Mean, 1.0 / best.Losses.Length);
        var most = _plan.IsPulled ? MostIdleOfPulled : 1;
        for (int i = 1, idle = 0; i < MostSteps && idle < most && best.Mean > solved; i++)
        {
            var trial = Try(_plan.L1, first / Math.Pow(Factor, i), shares);
            if (!(trial.Mean < best.Mean * (1 + ClearRise)))
                break;
            idle = trial.Mean < best.Mean * (1 - Flat) ? 0 : idle + 1;
            best = Better(trial, best);
            if (_splits.All(split => split.IsSpent))
                break;
        }

        for (var i = 0; i < MostSteps && best.L2 >= first; i++)
        {
            BeginAtKept();
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

    /// <summary>Whether rows were all guessed right: they tell no more.</summary>
    private static bool IsSolved(TriedPenalty trial) => trial.Mean * trial.Losses.Length <= 1;

    /// <summary>
    /// Raw weights, from the penalty on that is worth as much for the model of the best one on scaled ones; left where they are worse.
    /// </summary>
    private TriedPenalty ClimbRaw(TriedPenalty scaled)
    {
        var squares = _splits.Select(split => split.SquaresOfKept(scaled.Shares!)).ToArray();
        var alike = scaled.L2 * squares.Sum(sum => sum.Shared) / squares.Sum(sum => sum.Plain);
        if (!(alike > 0 && double.IsFinite(alike)))
            return scaled;
        BeginAtKept();
        var best = Better(Try(_plan.L1, alike, null), null);
        // SAGA's few epochs favour what it is fast at, which is not to be held against a stronger penalty.
        var promising = _splits[0].IsForNewton ? 1 - ClearGain / 2 : 1 + ClearRise;
        for (var i = 0; i < MostClimbs && best.Mean < scaled.Mean * promising; i++)
        {
            var before = best;
            best = Beside(best, Factor);
            if (best == before)
                break;
        }

        return best.Mean < scaled.Mean * (1 - ClearGain / 2) ? Between(best) : best;
    }

    /// <summary>A trial, or a better one beside it, by a factor stronger or else weaker, where these have not been tried.</summary>
    private TriedPenalty Beside(TriedPenalty middle, double factor)
    {
        var best = middle;
        foreach (var l2 in (double[])[middle.L2 * factor, middle.L2 / factor])
        {
            if (_path.Any(trial => trial.Shares == middle.Shares && Math.Abs(Math.Log(trial.L2 / l2)) < 0.1))
                continue;
            BeginAtKept();
            if ((best = Better(Try(_plan.L1, l2, middle.Shares), best)) != middle)
                break;
        }

        return best;
    }

    /// <summary>The best of a trial and where a parabola through it and its neighbours, over the logarithms, is lowest.</summary>
    private TriedPenalty Between(TriedPenalty middle)
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
        BeginAtKept();
        return Better(Try(_plan.L1, middle.L2 * Math.Exp(lowest), middle.Shares), middle);
    }

    /// <summary>
    /// The strongest penalty that is not worse by more than the standard error of the difference: rows too few to tell leave a model as
    /// it was.
    /// </summary>
    private TriedPenalty Simplest(TriedPenalty best) => _path.Where(trial => trial.Shares == best.Shares && trial.L2 > best.L2)
        .OrderByDescending(trial => trial.L2)
        .FirstOrDefault(trial => best.GainOver(trial) is var (gain, error) && gain <= error) ?? best;

    /// <summary>From the penalty that leaves no weight to weaker ones, and none at all.</summary>
    private TriedPenalty DescendL1(TriedPenalty without)
    {
        var first = _splits.Average(split => split.Slope(without.Shares).Largest);
        Restart();
        TriedPenalty? best = null;
        for (var i = 1; i <= MostStepsL1; i++)
        {
            var trial = Try(first / Math.Pow(FactorL1, i), without.L2, without.Shares);
            if (best is not null && !(trial.Mean < best.Mean * (1 + ClearRise)))
                break;
            best = Better(trial, best);
        }

        return without.Losses.Length > 0 && without.Mean <= best!.Mean ? without : best!;
    }

    private void BeginAtKept()
    {
        foreach (var split in _splits)
            split.BeginAtKept();
    }

    private void Restart()
    {
        foreach (var split in _splits)
            split.Restart();
    }

    private TriedPenalty Try(double l1, double l2, float[]? shares)
    {
        var losses = new (double Loss, double Weight)[_splits.Sum(split => split.HeldOutRows)];
        var from = 0;
        foreach (var split in _splits)
        {
            split.Try(l1, l2, shares, losses.AsMemory(from, split.HeldOutRows));
            from += split.HeldOutRows;
        }

        var trial = new TriedPenalty(l1, l2, shares, losses) { Guessed = _splits[0].Guessed };
        _path.Add(trial);
        return trial;
    }

    /// <summary>The better of the last trial and another, the weights being kept if it is the last one.</summary>
    private TriedPenalty Better(TriedPenalty last, TriedPenalty? other)
    {
        if (other is not null && !(last.Mean < other.Mean))
            return other;
        var near = other?.Near ?? (new float[checked(_all.Outputs * _all.Features)], new float[_all.Outputs]);
        Array.Clear(near.Weights);
        Array.Clear(near.Biases);
        foreach (var split in _splits)
        {
            split.Keep();
            split.Weights.AddTo(near.Weights, near.Biases, 1f / _splits.Length);
        }

        last.Near = near;
        if (other is not null)
            other.Near = null;
        return last;
    }

    /// <summary>The penalty of a fit to all rows that holds weights as much as this one does those of a part of them.</summary>
    private double OfAll(double l2) => l2 * _splits.Average(split => split.Summary.TargetWeight) / _all.TargetWeight;

    private double OfAllL1(double l1) => l1 * Math.Sqrt(OfAll(1));

    private PenaltyTrial[] Report(TriedPenalty chosen)
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
}

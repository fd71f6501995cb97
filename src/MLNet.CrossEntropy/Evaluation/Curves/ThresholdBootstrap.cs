using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// How a threshold's choice varies: each row weighs as often as a draw of Poisson(1) says. Rows of one group and outcome share a draw of
/// their number's Poisson distribution, the sum of their own; where weights differ within a group, one of the same mean and variance.
/// What a resample is to the rows, the rows are to all others of their kind: so much better as the threshold chosen on a resample does
/// there than on the rows, so much better may the one chosen on the rows do there than elsewhere.
/// </summary>
internal static class ThresholdBootstrap
{
    public static ChosenThreshold Of(
        RankedForecasts ranked, ThresholdRule rule, int chosen, int resamples, int seed, int threads, double level)
    {
        var choices = new Choice?[resamples];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
        _ = Parallel.For(
            0,
            resamples,
            parallel,
            () => (Positive: new double[ranked.TruePositives.Length], Negative: new double[ranked.TruePositives.Length]),
            (b, _, sums) =>
            {
                Draw(ranked, new((ulong)(uint)seed << 32 | (uint)b), sums.Positive, sums.Negative);
                // Without both classes nothing is reached.
                if (sums.Positive[^1] > 0 && sums.Negative[^1] > 0 && rule.BestOf(sums.Positive, sums.Negative) is { } place)
                {
                    OperatingPoint there = new(0, 0, sums.Positive[place], sums.Negative[place], sums.Positive[^1], sums.Negative[^1]);
                    choices[b] = new(there, ranked.PointAt(place));
                }
                return sums;
            },
            static _ => { });

        Choice[] made = [.. choices.OfType<Choice>()];
        OperatingPoint point = ranked.PointAt(chosen);
        double rows = ranked.WeightOfARow, predicted = point.TruePositives + point.FalsePositives;
        return new()
        {
            Point = point,
            Resamples = resamples,
            UnreachedShare = 1 - made.Length / (double)resamples,
            ThresholdInterval = Middle(choices.Select(c => c?.OnRows.Threshold ?? double.PositiveInfinity), level),
            PrecisionInterval = Widened(Elsewhere(p => p.Precision), point.TruePositives / rows, predicted / rows),
            RecallInterval = Widened(Elsewhere(p => p.Recall), point.TruePositives / rows, point.Positives / rows),
            CostInterval = Elsewhere(p => rule.Costs is { } costs ? p.Cost(costs.FalsePositive, costs.FalseNegative) : double.NaN),
        };

        ConfidenceInterval Elsewhere(Func<OperatingPoint, double> value)
        {
            var better = Middle(made.Select(c => value(c.OnResample) - value(c.OnRows)), level);
            return new(value(point) - better.Upper, value(point) - better.Lower, level);
        }

        // Where no row is wrong none is in any resample: the exact interval of the share, were the threshold not chosen, knows better.
        ConfidenceInterval Widened(ConfidenceInterval interval, double hits, double trials)
        {
            var exact = BetaDistribution.ClopperPearson(hits, trials, level);
            return double.IsNaN(interval.Lower)
                ? interval
                : new(Math.Max(Math.Min(interval.Lower, exact.Lower), 0), Math.Min(Math.Max(interval.Upper, exact.Upper), 1), level);
        }
    }

    private static void Draw(RankedForecasts ranked, PoissonDraws draws, double[] positives, double[] negatives)
    {
        double positive = 0, negative = 0;
        var groups = ranked.Groups;
        for (var i = 0; i < groups.Length; i++)
        {
            ref readonly var group = ref groups[i];
            // The weight of a row, or of as many equal ones as vary like these.
            var weight = group.SquaredWeights / group.Weight;
            if (group.Positive > 0)
                positive += weight * draws.Next(group.Positive / weight);
            if (group.Negative > 0)
                negative += weight * draws.Next(group.Negative / weight);
            (positives[i + 1], negatives[i + 1]) = (positive, negative);
        }
    }

    /// <summary>The outermost of the middle values, those that are undefined left out.</summary>
    private static ConfidenceInterval Middle(IEnumerable<double> values, double level)
    {
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        if (sorted.Length == 0)
            return new(double.NaN, double.NaN, level);
        var beyond = (int)((1 - level) / 2 * sorted.Length);
        return new(sorted[beyond], sorted[^(beyond + 1)], level);
    }

    /// <summary>What a threshold does on the resample that chose it, and on the rows.</summary>
    private readonly record struct Choice(OperatingPoint OnResample, OperatingPoint OnRows);
}

/// <summary>Draws of Poisson distributions, a function of the seed.</summary>
internal sealed class PoissonDraws(ulong seed)
{
    private const double MostByInversion = 30;

    private ulong _state = SplitMix64.Mix(SplitMix64.Mix(seed + SplitMix64.Gamma));

    /// <summary>
    /// By inversion; of a large mean m the normal quantile z with the distribution's skewness, <c>m + z sqrt(m) + (z^2 - 1) / 6</c>
    /// (Cornish and Fisher 1938).
    /// </summary>
    public double Next(double mean)
    {
        var u = ((SplitMix64.Mix(_state += SplitMix64.Gamma) >> 11) + 0.5) / (1UL << 53);
        if (mean > MostByInversion)
        {
            var z = NormalDistribution.Quantile(u);
            return Math.Max(Math.Round(mean + z * Math.Sqrt(mean) + (z * z - 1) / 6), 0);
        }
        var count = 0;
        for (double term = mean == 1 ? 0.36787944117144233 : Math.Exp(-mean), below = term; u > below && term > 0; below += term)
            term *= mean / ++count;
        return count;
    }
}

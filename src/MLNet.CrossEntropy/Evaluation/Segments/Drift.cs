using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What has changed between two sets of rows that one model scored.</summary>
internal static class Drift
{
    public static IReadOnlyList<DriftMeasure> Of(CrossEntropyMetrics current, CrossEntropyMetrics reference, double level)
    {
        ArgumentNullException.ThrowIfNull(reference);
        Throw.IfNotBetween(level, 0, 1, nameof(level));
        (string[] names, string[] ofReference) = ([.. current.Classes.Select(c => c.Name)], [.. reference.Classes.Select(c => c.Name)]);
        if (current.GetType() != reference.GetType() || !names.ToHashSet().SetEquals(ofReference))
            throw EvaluationErrors.OtherClasses(nameof(reference), names, ofReference);
        List<DriftMeasure> measures = [LogLoss(current, reference, level)];
        // A binary model's negative class mirrors the other one.
        foreach (var one in current.Classes.Skip(current is BinaryCrossEntropyMetrics ? 1 : 0))
        {
            var other = reference.Classes.First(c => c.Name == one.Name);
            measures.Add(Share(current, one, reference, other, level));
            if (one.Curves is { } curves && other.Curves is { } before)
                measures.Add(Forecasts(one.Name, curves.Ranked(), current.EffectiveRows, before.Ranked(), reference.EffectiveRows, level));
        }
        string[] reasons = [.. Reasons("these metrics", current.EffectiveRows), .. Reasons("the reference", reference.EffectiveRows)];
        return HolmAdjustment.Of(measures, m => m.PValue, (m, adjusted) => m with
        {
            AdjustedPValue = adjusted,
            Warnings = double.IsNaN(m.Value + m.Interval.Lower + m.Interval.Upper + m.PValue) ? reasons : [],
        });
    }

    private static IEnumerable<string> Reasons(string which, double rows)
    {
        if (!(rows > 0))
            yield return $"There is no row behind {which}, so that no change can be told: value, interval and p-value are NaN.";
        else if (!(rows > 1.000001))
            yield return $"There are fewer than two effective rows behind {which}: the interval and the p-value of the log-loss are NaN.";
    }

    private static DriftMeasure LogLoss(CrossEntropyMetrics current, CrossEntropyMetrics reference, double level)
    {
        var welch = WelchTest.Of(
            current.ClippedLogLoss, current.LogLossStandardError, current.EffectiveRows,
            reference.ClippedLogLoss, reference.LogLossStandardError, reference.EffectiveRows);
        return new()
        {
            Quantity = "log-loss",
            Statistic = "difference of clipped log-losses, Welch's t-test",
            Value = welch.Difference,
            Interval = welch.Interval(level),
            PValue = welch.PValue,
        };
    }

    /// <summary>The interval joins the two shares' own (Newcombe 1998, method 10, here of Clopper and Pearson's).</summary>
    private static DriftMeasure Share(
        CrossEntropyMetrics current, ClassMetrics one, CrossEntropyMetrics reference, ClassMetrics other, double level)
    {
        double p = one.WeightedSupport / current.WeightSum, q = other.WeightedSupport / reference.WeightSum;
        double n = current.EffectiveRows, m = reference.EffectiveRows, together = (n * p + m * q) / (n + m);
        ConfidenceInterval ofP = BetaDistribution.ClopperPearson(n * p, n, level), ofQ = BetaDistribution.ClopperPearson(m * q, m, level);
        return new()
        {
            Quantity = $"share of class {one.Name}",
            Statistic = "difference of shares, two-sample z-test",
            Value = p - q,
            Interval = new(p - q - Root(p - ofP.Lower, ofQ.Upper - q), p - q + Root(ofP.Upper - p, q - ofQ.Lower), level),
            PValue = StudentT.TwoSidedPValue(p - q, Math.Sqrt(together * (1 - together) * (1 / n + 1 / m)), n + m),
        };

        static double Root(double a, double b) => Math.Sqrt(a * a + b * b);
    }

    /// <summary>
    /// The interval takes from Dvoretzky, Kiefer and Wolfowitz (with Massart's constant, 1990) how far each distribution may lie from its
    /// sample's; it holds for any number of rows, and is wide.
    /// </summary>
    private static DriftMeasure Forecasts(
        string name, RankedForecasts current, double n, RankedForecasts reference, double m, double level)
    {
        var distance = Distance(current, reference);
        var margin = Math.Sqrt(Math.Log(4 / (1 - level)) / 2) * (1 / Math.Sqrt(n) + 1 / Math.Sqrt(m));
        return new()
        {
            Quantity = $"forecasts of class {name}",
            Statistic = "largest distance of the distributions, Kolmogorov and Smirnov's two-sample test",
            Value = distance,
            Interval = new(Math.Max(distance - margin, 0), Math.Min(distance + margin, 1), level),
            PValue = KolmogorovTail(distance, n * m / (n + m)),
        };
    }

    /// <summary>The largest difference of the weights' shares above any forecast.</summary>
    private static double Distance(RankedForecasts one, RankedForecasts other)
    {
        if (one.Groups.Length == 0 || other.Groups.Length == 0)
            return double.NaN;
        // Where one is in buckets, both are compared at the buckets' edges.
        var areExact = one.IsExact && other.IsExact;
        double largest = 0, above = 0, otherAbove = 0, all = one.Positives + one.Negatives, otherAll = other.Positives + other.Negatives;
        int i = 0, j = 0;
        while (i < one.Groups.Length || j < other.Groups.Length)
        {
            var place = Math.Max(PlaceOf(one, i), PlaceOf(other, j));
            for (; PlaceOf(one, i) == place; i++)
                above += one.Groups[i].Weight;
            for (; PlaceOf(other, j) == place; j++)
                otherAbove += other.Groups[j].Weight;
            largest = Math.Max(largest, Math.Abs(above / all - otherAbove / otherAll));
        }
        return largest;

        long PlaceOf(RankedForecasts ranked, int group)
        {
            if (group >= ranked.Groups.Length)
                return -1;
            var key = ForecastKey.Of(ranked.Groups[group].Probability, ranked.Groups[group].Complement);
            return areExact ? key : ForecastBuckets.For(1).IndexOf(key);
        }
    }

    /// <summary>
    /// P(D > d) under one distribution, <c>2 sum_k (-1)^(k-1) exp(-2 k^2 t^2)</c>, <c>t = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) d</c> (Stephens
    /// 1970).
    /// </summary>
    private static double KolmogorovTail(double distance, double rows)
    {
        var t = (Math.Sqrt(rows) + 0.12 + 0.11 / Math.Sqrt(rows)) * distance;
        if (double.IsNaN(t))
            return double.NaN;
        // Below this the tail is 1 to all digits, and the series slow.
        if (t < 0.18)
            return 1;
        double sum = 0, term = 1;
        for (var k = 1; term > 1e-18 && k < 100; k++)
        {
            term = Math.Exp(-2.0 * k * k * t * t);
            sum += k % 2 == 1 ? term : -term;
        }
        return Math.Clamp(2 * sum, 0, 1);
    }
}

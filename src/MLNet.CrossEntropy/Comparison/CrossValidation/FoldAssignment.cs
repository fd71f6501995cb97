using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>
/// Deals rows to folds so that groups stay whole and each fold holds its share of every stratum. Whole groups, largest first, go where
/// their strata are rarest so far, <c>min_f sum_s n_fs m_s / N_s^2</c> (m_s rows of stratum s in the group, n_fs in the fold, N_s in
/// all), which keeps <c>sum_s sum_f (n_fs / N_s)^2</c>, the unevenness, smallest step by step; then to the smallest fold; then by lot. A
/// row without a group is a group of one: its stratum's rows, and the folds, then differ in number by 1 at most. A row of several strata,
/// such as the answers to several questions, counts in each; those of the rarest come first (as with Sechidis, Tsoumakas and Vlahavas
/// 2011, "On the stratification of multi-label data").
/// </summary>
internal static class FoldAssignment
{
    /// <summary>The fold of each row.</summary>
    /// <exception cref="ArgumentException">There are fewer rows, or groups, than folds.</exception>
    public static int[] Draw(UnscoredRows rows, int folds, ulong seed)
    {
        var (unitOf, units) = Units(rows);
        if (units < folds)
            throw ComparisonErrors.TooFewUnits(units, rows.Groups is not null, folds);
        // Unit and stratum, once for each row that is of both.
        long[] entries = [.. Enumerable.Range(0, rows.Count).SelectMany(i => rows.Strata[i].Select(s => ((long)unitOf[i] << 32) + s))];
        Array.Sort(entries);
        int[] sizes = new int[units], starts = new int[units + 1];
        foreach (var unit in unitOf)
            sizes[unit]++;
        foreach (var entry in entries)
            starts[(entry >> 32) + 1]++;
        for (var unit = 0; unit < units; unit++)
            starts[unit + 1] += starts[unit];
        Table table = new([.. entries.Select(entry => (int)entry)], rows.StratumNames.Length, folds);
        int[] order =
        [
            .. Enumerable.Range(0, units).OrderByDescending(u => sizes[u])
                .ThenBy(u => table.MostFrequent(starts[u], starts[u + 1]))
                .ThenBy(u => SplitMix64.Mix(seed + (ulong)u * SplitMix64.Gamma)),
        ];
        var foldOf = new int[units];
        foreach (var unit in order)
            foldOf[unit] = table.Place(starts[unit], starts[unit + 1], sizes[unit], SplitMix64.Mix(seed ^ (ulong)unit));
        return [.. unitOf.Select(unit => foldOf[unit])];
    }

    /// <summary>Numbers groups, and rows without one.</summary>
    private static (int[] UnitOf, int Count) Units(UnscoredRows rows)
    {
        if (rows.Groups is not { } groups)
            return ([.. Enumerable.Range(0, rows.Count)], rows.Count);
        var unitOf = new int[rows.Count];
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        var count = 0;
        for (var i = 0; i < unitOf.Length; i++)
        {
            if (groups[i] is not { } name)
                unitOf[i] = count++;
            else if (known.TryGetValue(name, out var unit))
                unitOf[i] = unit;
            else
                known.Add(name, unitOf[i] = count++);
        }
        return (unitOf, count);
    }

    /// <summary>How many rows of each stratum a fold holds so far.</summary>
    private sealed class Table(int[] strata, int count, int folds)
    {
        private readonly double[] _ofStratum = CountsOf(strata, count);
        private readonly double[,] _counts = new double[folds, count];
        private readonly long[] _totals = new long[folds];

        /// <summary>The most frequent stratum of a unit's rows, of equals the first.</summary>
        public int MostFrequent(int from, int to)
        {
            (var most, var stratum) = (0, 0);
            foreach ((var s, var count) in Runs(from, to))
            {
                if (count > most)
                    (most, stratum) = (count, s);
            }
            return stratum;
        }

        /// <summary>Gives so many rows of these strata to a fold.</summary>
        public int Place(int from, int to, int rows, ulong lot)
        {
            var best = 0;
            (double Cost, long Total, ulong Lot) least = (double.PositiveInfinity, 0, 0);
            for (var fold = 0; fold < folds; fold++)
            {
                double cost = 0;
                foreach ((var s, var count) in Runs(from, to))
                    cost += _counts[fold, s] * count / (_ofStratum[s] * _ofStratum[s]);
                var here = (cost, _totals[fold], SplitMix64.Mix(lot + (ulong)fold * SplitMix64.Gamma));
                if (here.CompareTo(least) < 0)
                    (best, least) = (fold, here);
            }
            foreach ((var s, var count) in Runs(from, to))
                _counts[best, s] += count;
            _totals[best] += rows;
            return best;
        }

        private static double[] CountsOf(int[] strata, int count)
        {
            var counts = new double[count];
            foreach (var s in strata)
                counts[s]++;
            return counts;
        }

        private IEnumerable<(int Stratum, int Count)> Runs(int from, int to)
        {
            for (var i = from; i < to;)
            {
                var stratum = strata[i];
                var end = i + 1;
                while (end < to && strata[end] == stratum)
                    end++;
                yield return (stratum, end - i);
                i = end;
            }
        }
    }
}

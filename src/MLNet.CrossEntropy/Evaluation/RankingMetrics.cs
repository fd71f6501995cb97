using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>How well forecasts of one event order the rows: areas under curves, from groups of equal forecast, lowest first.</summary>
internal static class RankingMetrics
{
    /// <summary>
    /// The area under the ROC curve: the probability that a random positive row is forecast higher than a random negative
    /// one, ties counting a half (Mann-Whitney). NaN unless both occur.
    /// </summary>
    public static double RocAuc(List<ScoreGroup> groups)
    {
        double wins = 0, positive = 0, negative = 0;
        foreach (ref readonly var group in CollectionsMarshal.AsSpan(groups))
        {
            wins += group.Positive * (negative + 0.5 * group.Negative);
            positive += group.Positive;
            negative += group.Negative;
        }
        return wins / (positive * negative);
    }

    /// <summary>
    /// Average precision: precision at each forecast, highest first, weighted by the recall gained there; no
    /// interpolation. NaN without positive rows.
    /// </summary>
    public static double AveragePrecision(List<ScoreGroup> groups)
    {
        double sum = 0, positive = 0, all = 0;
        ReadOnlySpan<ScoreGroup> span = CollectionsMarshal.AsSpan(groups);
        for (var i = span.Length - 1; i >= 0; i--)
        {
            positive += span[i].Positive;
            all += span[i].Weight;
            // Most groups have none; they need no division.
            if (span[i].Positive > 0)
                sum += span[i].Positive * (positive / all);
        }
        return sum / positive;
    }
}

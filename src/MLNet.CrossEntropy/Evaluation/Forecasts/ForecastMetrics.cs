using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What follows from the distribution of forecasts of one event.</summary>
internal sealed class ForecastMetrics
{
    // Fewer forecasts than this, over all classes, are not worth a thread.
    private const int ManyForecasts = 1 << 17;

    private ForecastMetrics(List<ScoreGroup> groups, LossFloor floor, int? reliabilityBins)
    {
        Reliability = ReliabilityAccumulator.Of(groups, reliabilityBins);
        if (groups.Count > 0)
            Split = IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), floor);
        (RocAuc, AveragePrecision) = (RankingMetrics.RocAuc(groups), RankingMetrics.AveragePrecision(groups));
    }

    public double RocAuc { get; }

    public double AveragePrecision { get; }

    public ReliabilityDiagram Reliability { get; }

    /// <summary>Null without forecasts.</summary>
    public IsotonicDecomposition? Split { get; }

    /// <summary>Those of every class, on several threads where there is much to sort; null where they were not asked for.</summary>
    public static ForecastMetrics[]? OfClasses(MetricAccumulators sums, int classes, int? reliabilityBins, int threads)
    {
        if (sums.IsExact is null)
            return null;
        var metrics = new ForecastMetrics[classes];
        if (threads > 1 && (double)sums.LogLoss.Total.Rows * classes >= ManyForecasts)
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads };
            _ = Parallel.For(0, classes, parallel, () => new List<ScoreGroup>(), (k, _, groups) => Of(k, groups), static _ => { });
        }
        else
        {
            List<ScoreGroup> groups = [];
            for (var k = 0; k < classes; k++)
                _ = Of(k, groups);
        }
        return metrics;

        List<ScoreGroup> Of(int k, List<ScoreGroup> groups)
        {
            sums.CopyGroups(k, groups);
            metrics[k] = new(groups, sums.Floor, reliabilityBins);
            return groups;
        }
    }
}

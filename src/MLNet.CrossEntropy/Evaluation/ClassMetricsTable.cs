using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Calibration;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Draws each class's metrics from the accumulators.</summary>
internal static class ClassMetricsTable
{
    // Fewer forecasts than this, over all classes, are not worth a thread.
    private const int ManyForecasts = 1 << 17;

    public static ClassMetrics[] Of(MetricAccumulators sums, IReadOnlyList<string> names, ClassConfusionMatrix? confusion, EvaluationOptions options)
    {
        var classes = new ClassMetrics[names.Count];
        var forecasts = (double)sums.LogLoss.Total.Rows * classes.Length;
        var isWorthThreads = options.Threads > 1 && !sums.IsBinary && sums.IsExact == true && forecasts >= ManyForecasts;
        if (isWorthThreads)
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads };
            _ = Parallel.For(0, classes.Length, parallel, () => new List<ScoreGroup>(), (k, _, groups) => Draw(k, groups), static _ => { });
        }
        else
        {
            List<ScoreGroup> groups = [];
            for (var k = 0; k < classes.Length; k++)
                _ = Draw(k, groups);
        }
        return classes;

        List<ScoreGroup> Draw(int k, List<ScoreGroup> groups)
        {
            classes[k] = Of(sums, names[k], k, confusion, options.ReliabilityBins, groups);
            return groups;
        }
    }

    private static ClassMetrics Of(
        MetricAccumulators sums, string name, int k, ClassConfusionMatrix? confusion, int reliabilityBins, List<ScoreGroup> groups)
    {
        var logLoss = sums.LogLoss.OfClass[k];
        bool isComputed = sums.TryCopyGroups(k, groups), isDefined = isComputed && groups.Count > 0;
        IsotonicDecomposition? split = isDefined ? IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), sums.Floor.Largest) : null;
        return new()
        {
            Name = name,
            Support = logLoss.Rows,
            WeightedSupport = logLoss.Weight,
            LogLoss = logLoss.LogLoss,
            ClippedLogLoss = logLoss.ClippedLogLoss,
            LogLossStandardError = logLoss.StandardError,
            IrreducibleLogLoss = sums.SoftLabels.WeightedEntropyOf(k) / logLoss.Weight,
            PrecisionRecall = confusion?.OfClass(k) ?? new(double.NaN, double.NaN, double.NaN),
            RocAuc = isDefined ? RankingMetrics.RocAuc(groups) : double.NaN,
            AveragePrecision = isDefined ? RankingMetrics.AveragePrecision(groups) : double.NaN,
            Reliability = isComputed ? ReliabilityAccumulator.Of(groups, reliabilityBins) : null,
            BrierDecomposition = split?.Brier,
            LogLossPart = split?.ClassLogLoss,
            LogLossDecomposition = split?.LogLoss,
        };
    }
}

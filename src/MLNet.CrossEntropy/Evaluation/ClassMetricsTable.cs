namespace MLNet.CrossEntropy;

/// <summary>Draws each class's metrics from the accumulators.</summary>
internal static class ClassMetricsTable
{
    public static ClassMetrics[] Of(MetricAccumulators sums, IReadOnlyList<string> names, ClassConfusionMatrix? confusion, int reliabilityBins) =>
        [.. names.Select((name, k) => Of(sums, name, k, confusion, reliabilityBins))];

    private static ClassMetrics Of(MetricAccumulators sums, string name, int k, ClassConfusionMatrix? confusion, int reliabilityBins)
    {
        LogLossSums logLoss = sums.LogLoss.OfClass[k];
        List<ScoreGroup>? all = sums.GroupsOf(k);
        List<ScoreGroup>? groups = all is [] ? null : all;
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
            RocAuc = groups is null ? double.NaN : RankingMetrics.RocAuc(groups),
            AveragePrecision = groups is null ? double.NaN : RankingMetrics.AveragePrecision(groups),
            Reliability = all is null ? null : ReliabilityAccumulator.Of(all, reliabilityBins),
            BrierDecomposition = groups is null ? null : IsotonicDecomposition.OfBrier(groups),
            LogLossPart = groups is null ? null : IsotonicDecomposition.OfClassLogLoss(groups, sums.Floor.Largest),
            LogLossDecomposition = groups is null ? null : IsotonicDecomposition.OfLogLoss(groups, sums.Floor.Largest),
        };
    }
}

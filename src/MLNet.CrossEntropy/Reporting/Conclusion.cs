using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>A report in one sentence: which model is best, by how much, how surely, whether it is calibrated.</summary>
internal static class Conclusion
{
    /// <summary>The quantile of 95 % of a normal distribution, one-sided.</summary>
    private const double OneSided95 = 1.6448536269514722;

    /// <summary>Null where no model was evaluated.</summary>
    /// <param name="models">Evaluated models, the best first.</param>
    /// <param name="paired">The comparison of each model with the best; null where there is none.</param>
    /// <param name="unit">The unit of losses.</param>
    public static string? Of(IReadOnlyList<ReportedModel> models, IReadOnlyList<PairedDifference?> paired, LossUnit unit)
    {
        if (models.Count == 0)
            return null;
        var best = models[0];
        var loss = $"{unit.Text(best.ClippedLogLoss)} {unit.Name}";
        var opening = models.Count == 1
            ? $"{best.Name} has a log-loss of {loss}{Reduction(best)}"
            : $"{best.Name} has the lowest log-loss of {models.Count} models, {loss}{Reduction(best)}, {Lead(models[1], paired[1], unit)}";
        string?[] parts = [opening, Calibration(best), Rows(best.Evaluation!.Rows)];
        return string.Join("; ", parts.Where(part => part is not null)) + ".";
    }

    /// <summary>
    /// Whether the expected calibration error is within what chance alone gives a calibrated model in 19 of 20 samples: the gap of a bin
    /// is half-normal then, of mean <c>s sqrt(2/pi)</c> and variance <c>s^2 (1 - 2/pi)</c>.
    /// </summary>
    public static bool IsCalibrated(ReliabilityDiagram diagram)
    {
        var weight = diagram.Bins.Sum(bin => bin.Weight);
        var variance = diagram.Bins.Where(bin => bin.Weight > 0).Sum(bin => Math.Pow(bin.Weight / weight * bin.ChanceDeviation, 2));
        var deviation = Math.Sqrt((1 - 2 / Math.PI) * variance);
        return diagram.ExpectedCalibrationError <= diagram.ExpectedUnderPerfectCalibration + OneSided95 * deviation;
    }

    private static string Reduction(ReportedModel model) =>
        model.Metrics is { LogLossReduction: var share } metrics && double.IsFinite(share)
        ? $", {Figures.Percent(Math.Abs(share))} {(share < 0 ? "above" : "below")} the reference ({metrics.ReferenceName})"
        : "";

    private static string Lead(ReportedModel second, PairedDifference? difference, LossUnit unit)
    {
        if (difference is not { Interval: { Lower: var lower, Upper: var upper } } || double.IsNaN(lower))
        {
            return $"followed by {second.Name} with {unit.Text(second.ClippedLogLoss)}, "
                + "not compared row by row, so that this may be chance";
        }

        var level = Figures.Of(100 * difference.Interval.Level, "0.#");
        var by = $"{Figures.Loss(unit.Of(difference.Value))} better than {second.Name} "
            + $"({level}% CI {Figures.Loss(unit.Of(lower))} to {Figures.Loss(unit.Of(upper))})";
        return lower > 0 ? by : $"{by}, which may be chance";
    }

    private static string? Calibration(ReportedModel model)
    {
        if (model.Reliability is not { } diagram || double.IsNaN(diagram.ExpectedCalibrationError))
            return null;
        var figures = $"(calibration error {Figures.Share(diagram.ExpectedCalibrationError)}, by chance alone "
            + $"{Figures.Share(diagram.ExpectedUnderPerfectCalibration)})";
        return IsCalibrated(diagram) ? $"it is calibrated as far as these rows tell {figures}" : $"it is not calibrated {figures}";
    }

    private static string Rows(RowCounts rows) => rows.Used == rows.Total
        ? $"all {Figures.Rows(rows.Total)} were used"
        : $"{Figures.Count(rows.Total - rows.Used)} of {Figures.Rows(rows.Total)} were left out";
}

/// <summary>How much larger a model's log-loss is than the best one's on the same rows, in nats.</summary>
internal sealed record PairedDifference(double Value, ConfidenceInterval Interval)
{
    /// <summary>What the comparisons found of two models, whichever way round; null where they were not compared.</summary>
    public static PairedDifference? Of(IEnumerable<CrossEntropyComparison> comparisons, string model, string best)
    {
        foreach (var pair in comparisons.SelectMany(comparison => comparison.Pairs))
        {
            if (pair.First == model && pair.Second == best)
                return new(pair.ClippedMeanDifference, pair.Interval);
            if (pair.First == best && pair.Second == model)
                return new(-pair.ClippedMeanDifference, new(-pair.Interval.Upper, -pair.Interval.Lower, pair.Interval.Level));
        }
        return null;
    }
}

using System.Globalization;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Puts into words what the figures alone would hide.</summary>
internal static class EvaluationWarnings
{
    public static IEnumerable<string> Of(CrossEntropyMetrics metrics)
    {
        foreach (var warning in OfRows(metrics.Rows, metrics.ProbabilityFloor, metrics.ClippedLossShare))
            yield return warning;
        if (metrics.Rows.Used == 0)
            yield break;

        string[] absent = [.. metrics.Classes.Where(c => c.Support == 0).Select(c => c.Name)];
        if (absent.Length > 0)
            yield return $"{absent.Length} of {metrics.Classes.Count} classes do not occur, so their log-loss is NaN: {Listed(absent)}.";
        if (metrics.ReferenceLogLoss == 0)
            yield return $"The reference '{metrics.ReferenceName}' has log-loss 0 (a single class occurs), so the log-loss reduction is "
                + "undefined.";
        foreach (var segment in metrics.Segments ?? [])
        {
            if (segment.IsLumped)
                yield return $"The column of segments has more than {SegmentNames.Most} values; the {segment.Rows} rows of those that "
                    + $"occur last are one segment, '{segment.Name}'.";
        }
    }

    public static IEnumerable<string> OfRows(RowCounts rows, double probabilityFloor, double clippedShare)
    {
        if (rows.Used == 0 && rows.CountedAsMistake == 0)
            yield return $"No row could be evaluated, so every metric is NaN ({rows}).";
        if (rows.MissingLabel > 0)
            yield return $"{rows.MissingLabel} of {rows.Total} rows have no label and were left out.";
        if (rows.UnknownClass > 0)
            yield return $"{rows.UnknownClass} of {rows.Total} rows have a label that is none of the model's classes; the model cannot "
                + "get them right.";
        if (rows.InvalidScore > 0)
            yield return $"{rows.InvalidScore} of {rows.Total} rows have invalid scores ({rows.NonFiniteScore} not finite, "
                + $"{rows.OutOfRangeScore} out of range, {rows.RowSumNotOne} not summing to 1).";
        if (rows.UnknownClass + rows.InvalidScore > 0)
            yield return $"Of these rows {rows.UnknownClass + rows.InvalidScore - rows.CountedAsMistake} were left out and "
                + $"{rows.CountedAsMistake} count as mistakes in log-loss and accuracy.";
        if (rows.Clipped > 0)
        {
            var share = clippedShare.ToString("P1", CultureInfo.InvariantCulture);
            yield return $"{rows.Clipped} rows give their true class a probability below "
                + FormattableString.Invariant($"{probabilityFloor:g3} and carry {share} of the clipped log-loss.");
        }
    }

    public static IEnumerable<string> OfLabels(MultiLabelCrossEntropyMetrics metrics)
    {
        string[] constant = [.. metrics.LabelNames.Where((_, i) => metrics.Labels[i].Classes.Any(c => c.Support == 0))];
        if (metrics.Rows.Used > 0 && constant.Length > 0)
            yield return $"{constant.Length} of {metrics.Labels.Count} labels are always yes or always no here, so that their ROC-AUC "
                + $"is NaN: {Listed(constant)}.";
    }

    /// <summary>Sends warnings to ML.NET's log.</summary>
    public static void Send(IHostEnvironment env, IReadOnlyList<string> warnings)
    {
        using var channel = env.Start("EvaluateCrossEntropy");
        foreach (var warning in warnings)
            channel.Warning(MessageSensitivity.None, warning);
    }

    private static string Listed(string[] names) => string.Join(", ", names.Take(10)) + (names.Length > 10 ? ", ..." : "");
}

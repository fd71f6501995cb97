using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Lays metrics out as a table of plain text.</summary>
internal static class MetricsTable
{
    private const int MostClasses = 50;
    private const int WidestName = 40;

    public static string Of(CrossEntropyMetrics metrics)
    {
        var text = Head(Lines(metrics));
        AppendClasses(text, metrics.Classes);
        return Tail(text, metrics.Warnings);
    }

    public static string Of(MultiLabelCrossEntropyMetrics metrics)
    {
        var text = Head(Lines(metrics));
        AppendLabels(text, metrics);
        return Tail(text, metrics.Warnings);
    }

    /// <summary>Each figure's name, indented where it belongs to the one above, and its value in words.</summary>
    public static IEnumerable<(string Name, string Value)> Lines(CrossEntropyMetrics m)
    {
        yield return Line("log-loss", $"{m.LogLoss:0.000000} nats, {m.LogLossBits:0.000000} bits");
        yield return Line("  standard error", $"{m.LogLossStandardError:0.000000} nats, {m.LogLossInterval}");
        yield return Line("  clipped", $"{m.ClippedLogLoss:0.000000} nats, floor {m.ProbabilityFloor:g3}: {m.Rows.Clipped} rows carry {m.ClippedLossShare:P1}");
        yield return Line("  reduction", $"{m.LogLossReduction:0.0000} against {m.ReferenceName} ({m.ReferenceLogLoss:0.000000} nats)");
        if (m.IrreducibleLogLoss > 0)
            yield return Line("  of soft labels", $"{m.IrreducibleLogLoss:0.000000} irreducible + {m.KullbackLeibler:0.000000} Kullback-Leibler");
        yield return Line("label entropy", $"{m.LabelEntropy:0.000000} nats, {m.LabelEntropyBits:0.000000} bits");
        yield return Line("perplexity", $"{m.Perplexity:0.0000}");
        yield return Line("accuracy", $"{m.Accuracy:0.0000}");
        if (m.ConfusionMatrix is { } confusion)
        {
            yield return Line("  balanced", $"{confusion.BalancedAccuracy:0.0000}, MCC {confusion.MatthewsCorrelation:0.0000}, kappa {confusion.CohenKappa:0.0000}");
            yield return Line("  macro average", $"precision {confusion.Macro.Precision:0.0000}, recall {confusion.Macro.Recall:0.0000}, F1 {confusion.Macro.F1:0.0000}");
        }
        foreach (var line in Details(m))
            yield return line;
        yield return Line("computed from", $"{m.ScoresUsed}");
        yield return Line("rows", $"{m.Rows}");
        if (m.EffectiveRows != m.Rows.Used)
            yield return Line("weight", $"{m.WeightSum:0.####}, worth {m.EffectiveRows:0.0} equal rows");
    }

    /// <inheritdoc cref="Lines(CrossEntropyMetrics)"/>
    public static IEnumerable<(string Name, string Value)> Lines(MultiLabelCrossEntropyMetrics m)
    {
        yield return Line("log-loss", $"{m.LogLoss:0.000000} nats, {m.LogLossBits:0.000000} bits, mean over {m.Labels.Count} labels");
        yield return Line("  standard error", $"{m.LogLossStandardError:0.000000} nats, {m.LogLossInterval}");
        yield return Line("Hamming loss", $"{m.HammingLoss:0.0000}, subset accuracy {m.SubsetAccuracy:0.0000}");
        yield return Line("F1", $"{m.Micro.F1:0.0000} micro, {m.Macro.F1:0.0000} macro");
        yield return Line("computed from", $"{m.ScoresUsed}");
        yield return Line("rows", $"{m.Rows}");
    }

    private static IEnumerable<(string Name, string Value)> Details(CrossEntropyMetrics metrics)
    {
        switch (metrics)
        {
            case MulticlassCrossEntropyMetrics m:
                var top = m.TopKAccuracy(3);
                var ties = top.Optimistic == top.Pessimistic ? "" : FormattableString.Invariant($" (ties: {top.Pessimistic:0.0000} to {top.Optimistic:0.0000})");
                yield return Line("  top 3", $"{top.Accuracy:0.0000}{ties}");
                yield return Line("ROC-AUC", $"{m.MacroRocAuc:0.0000} macro, average precision {m.MacroAveragePrecision:0.0000} macro");
                if (m.LogLossDecomposition is { } split)
                    yield return Line("log-loss split", $"{Parts(split)}");
                yield return Brier(m.BrierScore, m.BrierDecomposition);
                yield return Calibration(m.Reliability);
                break;
            case BinaryCrossEntropyMetrics b:
                yield return Line("ROC-AUC", $"{b.RocAuc:0.0000}, average precision {b.AveragePrecision:0.0000}");
                if (b.LogLossDecomposition is { } ofLogLoss)
                    yield return Line("log-loss split", $"{Parts(ofLogLoss)}");
                yield return Brier(b.BrierScore, b.BrierDecomposition);
                if (b.Reliability is { } reliability)
                    yield return Calibration(reliability);
                break;
        }
    }

    private static (string Name, string Value) Brier(double score, ScoreDecomposition? split)
    {
        var parts = split is { } s ? $" = {Parts(s)}" : "";
        return Line("Brier score", $"{score:0.0000}{parts}");
    }

    private static string Parts(ScoreDecomposition split) =>
        FormattableString.Invariant($"{split.Miscalibration:0.0000} miscalibration - {split.Discrimination:0.0000} discrimination + {split.Uncertainty:0.0000} uncertainty");

    private static (string Name, string Value) Calibration(ReliabilityDiagram diagram) => Line("calibration",
        $"ECE {diagram.ExpectedCalibrationError:0.0000} (by chance {diagram.ExpectedUnderPerfectCalibration:0.0000}), MCE {diagram.MaximumCalibrationError:0.0000}, {diagram.Bins.Count} bins");

    private static (string Name, string Value) Line(string name, FormattableString value) => (name, value.ToString(CultureInfo.InvariantCulture));

    private static StringBuilder Head(IEnumerable<(string Name, string Value)> lines)
    {
        StringBuilder text = new();
        foreach ((var name, var value) in lines)
            text.Append(name.PadRight(18)).Append(value).Append('\n');
        return text.Append('\n');
    }

    private static string Tail(StringBuilder text, IReadOnlyList<string> warnings)
    {
        text.Append('\n');
        foreach (var warning in warnings)
            text.Append("warning".PadRight(18)).Append(warning).Append('\n');
        return text.ToString();
    }

    private static void AppendClasses(StringBuilder text, IReadOnlyList<ClassMetrics> classes)
    {
        var width = NameWidth(classes.Select(c => c.Name));
        text.Append("class".PadRight(width)).Append("   support   log-loss (nats)   std. error  precision     recall         F1    ROC-AUC\n");
        foreach (var c in classes.Take(MostClasses))
        {
            text.Append(Padded(c.Name, width))
                .Append(CultureInfo.InvariantCulture, $"{c.Support,10}{c.LogLoss,18:0.000000}{c.LogLossStandardError,13:0.000000}")
                .Append(CultureInfo.InvariantCulture, $"{c.PrecisionRecall.Precision,11:0.0000}{c.PrecisionRecall.Recall,11:0.0000}{c.PrecisionRecall.F1,11:0.0000}{c.RocAuc,11:0.0000}\n");
        }
        if (classes.Count > MostClasses)
            text.Append(CultureInfo.InvariantCulture, $"... and {classes.Count - MostClasses} more classes\n");
    }

    private static void AppendLabels(StringBuilder text, MultiLabelCrossEntropyMetrics metrics)
    {
        var width = NameWidth(metrics.LabelNames);
        text.Append("label".PadRight(width)).Append("       yes   log-loss (nats)         F1    ROC-AUC\n");
        foreach ((var name, var label) in metrics.LabelNames.Zip(metrics.Labels).Take(MostClasses))
        {
            text.Append(Padded(name, width))
                .Append(CultureInfo.InvariantCulture, $"{label.Classes[1].Support,10}{label.LogLoss,18:0.000000}{label.Classes[1].PrecisionRecall.F1,11:0.0000}{label.RocAuc,11:0.0000}\n");
        }
        if (metrics.Labels.Count > MostClasses)
            text.Append(CultureInfo.InvariantCulture, $"... and {metrics.Labels.Count - MostClasses} more labels\n");
    }

    private static int NameWidth(IEnumerable<string> names) => Math.Clamp(names.Max(n => n.Length), 5, WidestName);

    private static string Padded(string name, int width) => name.Length > width ? name[..(width - 1)] + "…" : name.PadRight(width);
}

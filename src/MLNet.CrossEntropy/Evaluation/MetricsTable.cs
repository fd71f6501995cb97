using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy;

/// <summary>Lays metrics out as a table of plain text.</summary>
internal static class MetricsTable
{
    private const int MostClasses = 50;

    public static string Of(CrossEntropyMetrics m)
    {
        StringBuilder text = new();
        Line("log-loss", $"{m.LogLoss:0.000000} nats, {m.LogLossBits:0.000000} bits");
        Line("  standard error", $"{m.LogLossStandardError:0.000000} nats, {m.LogLossInterval}");
        Line("  clipped", $"{m.ClippedLogLoss:0.000000} nats, floor {m.ProbabilityFloor:g3}: {m.Rows.Clipped} rows carry {m.ClippedLossShare:P1}");
        Line("  reduction", $"{m.LogLossReduction:0.0000} against {m.ReferenceName} ({m.ReferenceLogLoss:0.000000} nats)");
        if (m.IrreducibleLogLoss > 0)
            Line("  of soft labels", $"{m.IrreducibleLogLoss:0.000000} irreducible + {m.KullbackLeibler:0.000000} Kullback-Leibler");
        Line("label entropy", $"{m.LabelEntropy:0.000000} nats, {m.LabelEntropyBits:0.000000} bits");
        Line("perplexity", $"{m.Perplexity:0.0000}");
        Line("accuracy", $"{m.Accuracy:0.0000}");
        if (m.ConfusionMatrix is { } confusion)
        {
            Line("  balanced", $"{confusion.BalancedAccuracy:0.0000}, MCC {confusion.MatthewsCorrelation:0.0000}, kappa {confusion.CohenKappa:0.0000}");
            Line("  macro average", $"precision {confusion.Macro.Precision:0.0000}, recall {confusion.Macro.Recall:0.0000}, F1 {confusion.Macro.F1:0.0000}");
        }
        foreach ((string name, FormattableString value) in Details(m))
            Line(name, value);
        Line("computed from", $"{m.ScoresUsed}");
        Line("rows", $"{m.Rows}");
        if (m.EffectiveRows != m.Rows.Used)
            Line("weight", $"{m.WeightSum:0.####}, worth {m.EffectiveRows:0.0} equal rows");

        AppendClasses(text, m.Classes);
        foreach (string warning in m.Warnings)
            Line("warning", $"{warning}");
        return text.ToString();

        void Line(string name, FormattableString value) =>
            text.Append(name.PadRight(18)).Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static IEnumerable<(string Name, FormattableString Value)> Details(CrossEntropyMetrics metrics)
    {
        switch (metrics)
        {
            case MulticlassCrossEntropyMetrics m:
                TopKAccuracy top = m.TopKAccuracy(3);
                string ties = top.Optimistic == top.Pessimistic ? "" : FormattableString.Invariant($" (ties: {top.Pessimistic:0.0000} to {top.Optimistic:0.0000})");
                yield return ("  top 3", $"{top.Accuracy:0.0000}{ties}");
                yield return ("ROC-AUC", $"{m.MacroRocAuc:0.0000} macro, average precision {m.MacroAveragePrecision:0.0000} macro");
                yield return Brier(m.BrierScore, m.BrierDecomposition);
                yield return Calibration(m.Reliability);
                break;
            case BinaryCrossEntropyMetrics b:
                yield return ("ROC-AUC", $"{b.RocAuc:0.0000}, average precision {b.AveragePrecision:0.0000}");
                yield return Brier(b.BrierScore, b.BrierDecomposition);
                if (b.Reliability is { } reliability)
                    yield return Calibration(reliability);
                break;
        }
    }

    private static (string Name, FormattableString Value) Brier(double score, ScoreDecomposition? split)
    {
        string parts = split is { } s
            ? FormattableString.Invariant($" = {s.Miscalibration:0.0000} miscalibration - {s.Discrimination:0.0000} discrimination + {s.Uncertainty:0.0000} uncertainty")
            : "";
        return ("Brier score", $"{score:0.0000}{parts}");
    }

    private static (string Name, FormattableString Value) Calibration(ReliabilityDiagram diagram) => ("calibration",
        $"ECE {diagram.ExpectedCalibrationError:0.0000} (by chance {diagram.ExpectedUnderPerfectCalibration:0.0000}), MCE {diagram.MaximumCalibrationError:0.0000}, {diagram.Bins.Count} bins");

    private static void AppendClasses(StringBuilder text, IReadOnlyList<ClassMetrics> classes)
    {
        int width = Math.Clamp(classes.Max(c => c.Name.Length), 5, 40);
        text.Append('\n').Append("class".PadRight(width)).Append("   support   log-loss (nats)   std. error  precision     recall         F1    ROC-AUC\n");
        foreach (ClassMetrics c in classes.Take(MostClasses))
        {
            string name = c.Name.Length > width ? c.Name[..(width - 1)] + "…" : c.Name;
            text.Append(name.PadRight(width))
                .Append(CultureInfo.InvariantCulture, $"{c.Support,10}{c.LogLoss,18:0.000000}{c.LogLossStandardError,13:0.000000}")
                .Append(CultureInfo.InvariantCulture, $"{c.PrecisionRecall.Precision,11:0.0000}{c.PrecisionRecall.Recall,11:0.0000}{c.PrecisionRecall.F1,11:0.0000}{c.RocAuc,11:0.0000}\n");
        }
        if (classes.Count > MostClasses)
            text.Append(CultureInfo.InvariantCulture, $"... and {classes.Count - MostClasses} more classes\n");
        text.Append('\n');
    }
}

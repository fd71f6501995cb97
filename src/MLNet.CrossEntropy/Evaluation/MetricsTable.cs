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
        Line("label entropy", $"{m.LabelEntropy:0.000000} nats, {m.LabelEntropyBits:0.000000} bits");
        Line("perplexity", $"{m.Perplexity:0.0000}");
        Line("accuracy", $"{m.Accuracy:0.0000}");
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

    private static void AppendClasses(StringBuilder text, IReadOnlyList<ClassMetrics> classes)
    {
        int width = Math.Clamp(classes.Max(c => c.Name.Length), 5, 40);
        text.Append('\n').Append("class".PadRight(width)).Append("   support   log-loss (nats)   std. error\n");
        foreach (ClassMetrics c in classes.Take(MostClasses))
        {
            string name = c.Name.Length > width ? c.Name[..(width - 1)] + "…" : c.Name;
            text.Append(name.PadRight(width))
                .Append(CultureInfo.InvariantCulture, $"{c.Support,10}{c.LogLoss,18:0.000000}{c.LogLossStandardError,13:0.000000}\n");
        }
        if (classes.Count > MostClasses)
            text.Append(CultureInfo.InvariantCulture, $"... and {classes.Count - MostClasses} more classes\n");
        text.Append('\n');
    }
}

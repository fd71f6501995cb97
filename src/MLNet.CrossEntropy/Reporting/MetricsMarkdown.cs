using System.Globalization;
using System.Text;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Metrics as Markdown: the figures, the classes or labels, a small confusion matrix, the warnings.</summary>
internal static class MetricsMarkdown
{
    /// <summary>A wider confusion matrix is no use as text.</summary>
    private const int MostConfusionClasses = 12;

    public static string Of(CrossEntropyMetrics metrics)
    {
        StringBuilder text = new();
        AppendFigures(text, MetricsTable.Lines(metrics));
        MarkdownTable.Append(
            text,
            ["class", "support", "log-loss (nats)", "std. error", "precision", "recall", "F1", "ROC-AUC"],
            metrics.Classes.Select(c => (string[])
            [
                c.Name, Count(c.Support), Loss(c.LogLoss), Loss(c.LogLossStandardError),
                Share(c.PrecisionRecall.Precision), Share(c.PrecisionRecall.Recall), Share(c.PrecisionRecall.F1), Share(c.RocAuc),
            ]));
        if (metrics.ConfusionMatrix is { } confusion && confusion.Names.Count <= MostConfusionClasses)
            AppendConfusion(text.Append('\n'), confusion);
        AppendWarnings(text, metrics.Warnings);
        return text.ToString();
    }

    public static string Of(MultiLabelCrossEntropyMetrics metrics)
    {
        StringBuilder text = new();
        AppendFigures(text, MetricsTable.Lines(metrics));
        MarkdownTable.Append(
            text,
            ["label", "yes", "log-loss (nats)", "std. error", "F1", "ROC-AUC"],
            metrics.LabelNames.Zip(metrics.Labels, (name, label) => (string[])
            [
                name, Count(label.Classes[1].Support), Loss(label.LogLoss), Loss(label.LogLossStandardError),
                Share(label.Classes[1].PrecisionRecall.F1), Share(label.RocAuc),
            ]));
        AppendWarnings(text, metrics.Warnings);
        return text.ToString();
    }

    private static void AppendFigures(StringBuilder text, IEnumerable<(string Name, string Value)> lines)
    {
        text.Append("| metric | value |\n|---|---|\n");
        foreach ((var name, var value) in lines)
            text.Append(CultureInfo.InvariantCulture, $"| {MarkdownTable.Escape(name.Trim())} | {MarkdownTable.Escape(value)} |\n");
        text.Append('\n');
    }

    private static void AppendConfusion(StringBuilder text, ClassConfusionMatrix confusion)
    {
        var classes = confusion.Names.Count;
        MarkdownTable.Append(
            text,
            ["actual \\ predicted", .. confusion.Names],
            Enumerable.Range(0, classes).Select(i => (string[])
                [confusion.Names[i], .. Enumerable.Range(0, classes).Select(j => Count(confusion.Rows(i, j)))]));
    }

    private static void AppendWarnings(StringBuilder text, IReadOnlyList<string> warnings)
    {
        text.Append(warnings.Count > 0 ? "\n" : "");
        foreach (var warning in warnings)
            text.Append("- **Warning:** ").Append(MarkdownTable.Escape(warning)).Append('\n');
    }

    private static string Count(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Loss(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Comparisons of models as Markdown.</summary>
internal static class ComparisonMarkdown
{
    public static string Of(CrossEntropyComparison comparison)
    {
        StringBuilder text = new();
        MarkdownTable.Append(
            text,
            ["model", "log-loss (nats)", "std. error", "accuracy", "infinite rows"],
            comparison.Models.Select(m => (string[])[m.Name, Loss(m.LogLoss), Loss(m.LogLossStandardError), Share(m.Accuracy), m.InfiniteRows.ToString(CultureInfo.InvariantCulture)]));
        MarkdownTable.Append(
            text.Append('\n'),
            ["difference", "nats", "std. error", "from", "to", "p", "p (Holm)", "win rate"],
            comparison.Pairs.Select(p => (string[])
            [
                $"{p.First} - {p.Second}", Loss(p.ClippedMeanDifference), Loss(p.StandardError), Loss(p.Interval.Lower), Loss(p.Interval.Upper),
                Share(p.PValue), Share(p.AdjustedPValue), Share(p.WinRate),
            ]));
        AppendList(text, comparison.Pairs.Select(p => MarkdownTable.Escape(p.Sentence)));
        if (comparison.Warnings.Count > 0)
            AppendList(text, comparison.Warnings.Select(w => $"**Warning:** {MarkdownTable.Escape(w)}"));
        return text.ToString();
    }

    public static string Of(CrossValidationComparison comparison)
    {
        StringBuilder text = new();
        MarkdownTable.Append(
            text,
            ["fold", comparison.First, comparison.Second, "difference (nats)"],
            comparison.Folds.Select((f, i) => (string[])[(i + 1).ToString(CultureInfo.InvariantCulture), Loss(f.FirstLogLoss), Loss(f.SecondLogLoss), Loss(f.Difference)]));
        AppendList(text, [MarkdownTable.Escape(comparison.Sentence)]);
        return text.ToString();
    }

    private static void AppendList(StringBuilder text, IEnumerable<string> items)
    {
        text.Append('\n');
        foreach (var item in items)
            text.Append("- ").Append(item).Append('\n');
    }

    private static string Loss(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}

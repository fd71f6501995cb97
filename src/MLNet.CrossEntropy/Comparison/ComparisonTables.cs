using System.Text;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Comparisons as tables: the models, their differences, the folds; and these put together as text and Markdown.</summary>
internal static class ComparisonTables
{
    public static string Text(CrossEntropyComparison comparison)
    {
        StringBuilder text = new();
        TextTable.Append(text, Models(comparison));
        var pairs = Pairs(comparison, LossUnit.Nats, TextTable.WidestName);
        TextTable.Append(text.Append('\n'), pairs, widestName: 2 * TextTable.WidestName + " - ".Length);
        text.Append('\n');
        foreach (var pair in comparison.Pairs)
            text.Append(TextTable.Clean(pair.Sentence)).Append('\n');
        TextTable.Append(text.Append('\n'), Table.Facts("Rows", Rows(comparison)), hasHeader: false);
        return text.ToString();
    }

    public static string Markdown(CrossEntropyComparison comparison)
    {
        var text = MarkdownTable.Append(new(), Models(comparison)).Append('\n');
        MarkdownTable.Append(text, Pairs(comparison, LossUnit.Nats));
        MarkdownTable.AppendList(text, [.. comparison.Pairs.Select(p => p.Sentence)]);
        return MarkdownTable.AppendWarnings(text, comparison.Warnings).ToString();
    }

    public static string Markdown(CrossValidationComparison comparison) =>
        MarkdownTable.AppendList(MarkdownTable.Append(new(), Folds(comparison, LossUnit.Nats)), [comparison.Sentence]).ToString();

    /// <summary>The differences of the pairs; names of models longer than <paramref name="longestName"/> are cut.</summary>
    public static Table Pairs(CrossEntropyComparison comparison, LossUnit unit, int longestName = int.MaxValue) => new(
        "Difference of log-loss, paired by row",
        [
            new("pair"), new("rows", NumberFormat.Count, IsDetail: true), new($"difference ({unit.Name})", NumberFormat.Loss),
            new("std. error", NumberFormat.Loss), new("from", NumberFormat.Loss), new("to", NumberFormat.Loss),
            new("p", NumberFormat.Probability), new("p (Holm)", NumberFormat.Probability), new("first wins", NumberFormat.Percent),
            new("ties", NumberFormat.Percent, IsDetail: true),
        ],
        [
            .. comparison.Pairs.Select(p => (Cell[])
            [
                Name(p, longestName), p.Rows, unit.Of(p.ClippedMeanDifference), unit.Of(p.StandardError), unit.Of(p.Interval.Lower),
                unit.Of(p.Interval.Upper), p.PValue, p.AdjustedPValue, p.WinRate, p.TieRate,
            ]),
        ]);

    public static Table Folds(CrossValidationComparison comparison, LossUnit unit) => new(
        $"Log-loss of {comparison.First} and {comparison.Second} in each fold, in {unit.Name}",
        [
            new("fold", NumberFormat.Count), new(comparison.First, NumberFormat.Loss), new(comparison.Second, NumberFormat.Loss),
            new($"difference ({unit.Name})", NumberFormat.Loss),
        ],
        [
            .. comparison.Folds.Select((f, i) => (Cell[])
                [i + 1, unit.Of(f.FirstLogLoss), unit.Of(f.SecondLogLoss), unit.Of(f.Difference)]),
        ]);

    /// <summary>A pair as its difference is called: the first model less the second.</summary>
    public static string Name(PairedComparison pair, int longestName = int.MaxValue) =>
        $"{TextTable.Shorten(pair.First, longestName)} - {TextTable.Shorten(pair.Second, longestName)}";

    private static Table Models(CrossEntropyComparison comparison) => new(
        "Models",
        [
            new("model"), new("log-loss (nats)", NumberFormat.Loss, Width: 18), new("std. error", NumberFormat.Loss),
            new("accuracy", NumberFormat.Share), new("infinite rows", NumberFormat.Count),
        ],
        [.. comparison.Models.Select(m => (Cell[])[m.Name, m.LogLoss, m.LogLossStandardError, m.Accuracy, m.InfiniteRows])]);

    private static IEnumerable<(string Name, string Value)> Rows(CrossEntropyComparison comparison)
    {
        yield return Table.Fact("rows", $"{comparison.Rows}");
        if (comparison.GroupColumnName is { } column)
            yield return Table.Fact("groups", $"{comparison.Pairs[0].Groups} of column '{column}'");
        foreach (var warning in comparison.Warnings)
            yield return ("warning", warning);
    }
}

using System.Text;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;
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
        if (pairs.Rows.Count > 0)
            TextTable.Append(text.Append('\n'), pairs, widestName: 2 * TextTable.WidestName + " - ".Length);
        if (Folds(comparison, LossUnit.Nats) is { } folds)
            TextTable.Append(text.Append('\n'), folds);
        text.Append(pairs.Rows.Count > 0 ? "\n" : "");
        foreach (var pair in comparison.Pairs)
            text.Append(pair.Sentence).Append('\n');
        TextTable.Append(text.Append('\n'), Table.Facts("Rows", Rows(comparison)), hasHeader: false);
        return text.ToString();
    }

    public static string Markdown(CrossEntropyComparison comparison)
    {
        var text = MarkdownTable.Append(new(), Models(comparison));
        if (comparison.Pairs.Count > 0)
            MarkdownTable.Append(text.Append('\n'), Pairs(comparison, LossUnit.Nats));
        if (Folds(comparison, LossUnit.Nats) is { } folds)
            MarkdownTable.Append(text.Append('\n'), folds);
        MarkdownTable.AppendList(text, [.. comparison.Pairs.Select(p => p.Sentence)]);
        return MarkdownTable.AppendWarnings(text, comparison.Warnings).ToString();
    }

    /// <summary>The differences of the pairs; names of models longer than <paramref name="longestName"/> are cut.</summary>
    public static Table Pairs(CrossEntropyComparison comparison, LossUnit unit, int longestName = int.MaxValue) => new(
        $"Difference of log-loss, paired by {(comparison.Pairs is [{ Folds: > 0 }, ..] ? "fold" : "row")}",
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

    /// <summary>The log-loss of each model on each fold, and of a single pair the difference; null without folds.</summary>
    public static Table? Folds(CrossEntropyComparison comparison, LossUnit unit)
    {
        List<(string Name, IReadOnlyList<double> LogLosses)> columns = [.. comparison.Models.Select(m => (m.Name, m.FoldLogLosses))];
        if (columns.Count == 0 || columns[0].LogLosses.Count == 0)
            return null;
        if (columns.Count == 2)
        {
            (var first, var second) = comparison.Pairs[0].First == columns[0].Name ? (columns[0], columns[1]) : (columns[1], columns[0]);
            columns.Add(($"{first.Name} - {second.Name}", [.. first.LogLosses.Zip(second.LogLosses, (a, b) => a - b)]));
        }
        return new(
            $"Log-loss in each fold, in {unit.Name}",
            [new("fold", NumberFormat.Count), .. columns.Select(c => new Column(c.Name, NumberFormat.Loss))],
            [
                .. Enumerable.Range(0, columns[0].LogLosses.Count).Select(
                    fold => (Cell[])[fold + 1, .. columns.Select(c => (Cell)unit.Of(c.LogLosses[fold]))]),
            ]);
    }

    /// <summary>A pair as its difference is called: the first model less the second.</summary>
    public static string Name(PairedComparison pair, int longestName = int.MaxValue) =>
        $"{TextTable.Shorten(pair.First, longestName)} - {TextTable.Shorten(pair.Second, longestName)}";

    private static Table Models(CrossEntropyComparison comparison) => new(
        "Models",
        [
            new("model"), new("log-loss (nats)", NumberFormat.Loss, Width: 18), new("std. error", NumberFormat.Loss),
            new("from", NumberFormat.Loss), new("to", NumberFormat.Loss), new("accuracy", NumberFormat.Share),
            new("infinite rows", NumberFormat.Count),
        ],
        [
            .. comparison.Models.Select(m => (Cell[])
            [
                m.Name, m.LogLoss, m.LogLossStandardError, m.LogLossInterval.Lower, m.LogLossInterval.Upper, m.Accuracy, m.InfiniteRows,
            ]),
        ]);

    private static IEnumerable<(string Name, string Value)> Rows(CrossEntropyComparison comparison)
    {
        yield return Table.Fact("rows", $"{comparison.Rows}");
        if (comparison.Pairs is [{ Groups: { } groups }, ..])
            yield return Table.Fact("groups", $"{groups} of column {Throw.Quoted(comparison.GroupColumnName)}");
        foreach (var warning in comparison.Warnings)
            yield return ("warning", warning);
    }
}

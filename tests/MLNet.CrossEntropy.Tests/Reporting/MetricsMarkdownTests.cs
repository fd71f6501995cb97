using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Tests.Reporting;

public sealed class MetricsMarkdownTests
{
    [Fact]
    public void Every_class_has_its_row_of_figures()
    {
        var metrics = Evaluated.Multiclass();
        var lines = metrics.ToMarkdown().Split('\n');
        foreach (var c in metrics.Classes)
        {
            Assert.Contains(
                FormattableString.Invariant($"| {c.Name} | {c.Support} | {c.LogLoss:0.000000} | {c.LogLossStandardError:0.000000} | ")
                + FormattableString.Invariant($"{c.PrecisionRecall.Precision:0.0000} | {c.PrecisionRecall.Recall:0.0000} | ")
                + FormattableString.Invariant($"{c.PrecisionRecall.F1:0.0000} | {c.RocAuc:0.0000} |"),
                lines);
            var k = metrics.Classes.ToList().IndexOf(c);
            Assert.Contains(
                $"| {c.Name} | {metrics.ConfusionMatrix!.Rows(k, 0)} | {metrics.ConfusionMatrix.Rows(k, 1)} | " +
                $"{metrics.ConfusionMatrix.Rows(k, 2)} |", lines);
        }
        Assert.Contains(
            lines, l =>
            l.StartsWith(FormattableString.Invariant($"| log-loss | {metrics.LogLoss:0.000000} nats"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void Tables_have_as_many_cells_in_each_row(int classes)
    {
        string[] hostile = [.. Enumerable.Range(0, classes).Select(k => $"a|b\\|c\n<script> {k}")];
        var text = Evaluated.Multiclass(classes: classes, names: hostile).ToMarkdown();
        foreach (var table in text.Split("\n\n").Where(part => !part.StartsWith("- **Warning:**", StringComparison.Ordinal)))
        {
            int[] cells = [.. table.Split('\n').Where(l => l.StartsWith('|')).Select(Cells)];
            Assert.NotEmpty(cells);
            Assert.Single(cells.Distinct());
        }
    }

    [Fact]
    public void Labels_and_warnings_are_in_it()
    {
        var metrics = Evaluated.MultiLabel();
        foreach ((var name, var label) in metrics.LabelNames.Zip(metrics.Labels))
            Assert.Contains(
                FormattableString.Invariant($"| {name} | {label.Classes[1].Support} | {label.LogLoss:0.000000} |"), metrics.ToMarkdown(),
                StringComparison.Ordinal);
        var degenerate = Evaluated.Degenerate();
        Assert.Equal(degenerate.Warnings.Count, degenerate.ToMarkdown().Split("- **Warning:** ").Length - 1);
    }

    [Fact]
    public void Comparisons_are_tables_and_sentences()
    {
        var comparison = Reports.Comparison();
        var lines = comparison.ToMarkdown().Split('\n');
        Assert.Contains("| one - two | -0.100000 | 0.010000 | -0.120000 | -0.080000 | 0.0000 | 0.0000 | 0.6000 |", lines);
        Assert.Contains($"- {MarkdownTable.Escape(comparison.Pairs[0].Sentence)}", lines);
        Assert.Contains("- **Warning:** A warning.", lines);

        var folds = Reports.Folds();
        Assert.Contains("| 2 | 0.250000 | 0.500000 | -0.250000 |", folds.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains(MarkdownTable.Escape(folds.Pairs[0].Sentence), folds.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_culture_changes_nothing() =>
        Evaluated.AssertSameInAnyCulture(() => (Evaluated.Multiclass().ToMarkdown(), Evaluated.MultiLabel().ToString()));

    /// <summary>Bars that are not escaped: an even number of backslashes before them.</summary>
    private static int Cells(string line)
    {
        int bars = 0, backslashes = 0;
        foreach (var c in line)
        {
            bars += c == '|' && backslashes % 2 == 0 ? 1 : 0;
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }
        return bars;
    }
}

using System.Reflection;
using System.Text;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using MLNet.CrossEntropy.Reporting;
using MLNet.CrossEntropy.Tables;
using MLNet.CrossEntropy.Tests.Evaluation;
using MLNet.CrossEntropy.Tests.Shared;
using static MLNet.CrossEntropy.Tests.Reporting.ReportDocument;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>What the report says is what the metrics say, and no text becomes markup.</summary>
public sealed class ReportTests
{
    private static readonly MulticlassCrossEntropyMetrics Metrics = Evaluated.Multiclass();
    private static readonly ReportDocument Page = new(new CrossEntropyReport("Trees").Add("one", Metrics, Reports.Training(20)).ToHtml());

    [Fact]
    public void The_class_table_holds_the_metrics() => Assert.Equal(
        Metrics.Classes.Select(
            c => FormattableString.Invariant(
            $"{c.Name} {c.Support} {c.LogLoss:0.0000} {c.LogLossStandardError:0.0000} {c.PrecisionRecall.Precision:0.0000} {c.PrecisionRecall.Recall:0.0000} {c.PrecisionRecall.F1:0.0000} {c.RocAuc:0.0000} {c.AveragePrecision:0.0000}")),
        Table(Page.Chart("Log-loss by class")).Select(row => string.Join(' ', row)));

    [Fact]
    public void The_dots_of_the_class_chart_stand_where_their_losses_are()
    {
        var chart = Page.Chart("Log-loss by class");
        var axis = XAxis(chart);
        Assert.Equal(
            Metrics.Classes.Select(c => c.LogLoss), chart.Descendants("circle").Select(c => axis(Number(c, "cx"))), (x, y) =>
            Math.Abs(x - y) < 2e-3);
        XElement[] whiskers = [.. chart.Descendants("line").Where(l => Is(l, "line") && Number(l, "y1") == Number(l, "y2"))];
        foreach ((var c, var whisker) in Metrics.Classes.Zip(whiskers))
        {
            Assert.Equal(c.LogLoss - 1.959964 * c.LogLossStandardError, axis(Number(whisker, "x1")), 2e-3);
            Assert.Equal(c.LogLoss + 1.959964 * c.LogLossStandardError, axis(Number(whisker, "x2")), 2e-3);
        }
    }

    [Fact]
    public void The_confusion_matrix_shows_its_counts_and_shares()
    {
        var chart = Page.Chart("Confusion matrix");
        var matrix = Metrics.ConfusionMatrix!;
        string[] shown = [.. chart.Descendants("text").Where(t => Is(t, "on")).Select(t => t.Value)];
        string[] expected =
        [
            .. from i in Enumerable.Range(0, 3)
               from j in Enumerable.Range(0, 3)
               where matrix.Rows(i, j) > 0 || i == j
               from text
                   in new[] { $"{matrix.Rows(i, j)}",
                   FormattableString.Invariant($"{100.0 * matrix.Rows(i, j) / Metrics.Classes[i].Support:0.0}%") }
               select text,
        ];
        Assert.Equal(expected, shown);
    }

    [Fact]
    public void The_reliability_dots_are_the_bins()
    {
        var chart = Page.Chart("Reliability: the predicted class is right");
        ReliabilityBin[] bins = [.. Metrics.Reliability.Bins.Where(b => b.Weight > 0)];
        XElement[] dots = [.. chart.Descendants("circle")];
        var axis = XAxis(chart);
        Assert.Equal(bins.Select(b => b.Confidence), dots.Select(d => axis(Number(d, "cx"))), (x, y) => Math.Abs(x - y) < 1e-3);
        // The vertical axis has the horizontal one's length: bottom is 320, top 20.
        Assert.Equal(bins.Select(b => b.Frequency), dots.Select(d => (320 - Number(d, "cy")) / 300), (x, y) => Math.Abs(x - y) < 1e-3);
        Assert.Equal(bins.Select(b => b.Gap > 1.96 * b.ChanceDeviation), dots.Select(d => Is(d, "open")));
    }

    [Fact]
    public void Every_row_is_in_the_tables_of_rows()
    {
        Assert.Equal(400, Table(Page.Chart("Row losses")).Sum(row => int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(
            400, Table(Page.Chart("What each row pays")).Sum(row => int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_worst_rows_are_listed() => Assert.Equal(
        Metrics.WorstRows.Select(r => FormattableString.Invariant($"{r.Row} {r.Label} {r.Predicted} {r.Loss:0.0000}")),
        Page.Elements("table")
            .Single(t => t.Element("caption")!.Value.StartsWith("The rows of the largest losses", StringComparison.Ordinal))
            .Element("tbody")!.Elements("tr").Select(tr => tr.Elements().Select(c => c.Value).ToArray())
                .Select(c => $"{c[0]} {c[1]} {c[2]} {c[5]}"));

    [Fact]
    public void Named_rows_are_listed_by_name()
    {
        var data = new InMemoryView.Builder().AddNumbers("Label", [1, 0]).AddNumbers("Probability", [0.5, 0.25])
            .AddText("Name", ["Ada", ""]).Build();
        var metrics = new MLContext(1).BinaryClassification.EvaluateCrossEntropy(
            data, new BinaryEvaluationOptions { ScoreColumnName = null, IdColumnName = "Name" });
        ReportDocument page = new(new CrossEntropyReport("Named").Add("one", metrics).ToHtml());
        var worst = page.Elements("table")
            .Single(t => t.Element("caption")!.Value.StartsWith("The rows of the largest losses", StringComparison.Ordinal));
        Assert.Equal(["id", "Ada", ""], worst.Descendants("tr").Select(tr => tr.Elements().Last().Value));
    }

    [Fact]
    public void Each_label_of_a_multi_label_model_has_charts_of_its_rows()
    {
        var metrics = Evaluated.MultiLabel();
        ReportDocument page = new(new CrossEntropyReport("Labels").Add("labels", metrics).ToHtml());
        XElement[] details = [.. page.Elements("details").Where(d => d.Descendants("svg").Any() && !Is(d, "part"))];
        int[] order = [.. Enumerable.Range(0, 4).OrderByDescending(l => metrics.Labels[l].LogLoss)];
        Assert.Equal(
            order.Select(l => FormattableString.Invariant($"{metrics.LabelNames[l]}: {metrics.Labels[l].LogLoss:0.0000} nats")),
            details.Select(d => d.Element("summary")!.Value));
        foreach ((var label, var l) in details.Zip(order))
        {
            Assert.Equal(
                ["What each row pays", $"Reliability: {metrics.LabelNames[l]} is a yes", "Row losses"], label.Descendants("figure")
                .Select(f => f.Element("h3")!.Value));
            Assert.Equal(
                200, Table(label.Descendants("figure").Last())
                .Sum(row => int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Loss_curves_are_the_history()
    {
        var chart = Page.Chart("Loss by epoch");
        Assert.Equal(20, Table(chart).Length);
        Assert.Equal(["2", "0.5000", "0.6000"], Table(chart)[1]);
        Assert.Equal(["3", "0.3333", ""], Table(chart)[2]);
        Assert.Equal(20, chart.Descendants("circle").Count(c => Is(c, "mark")) - 1);
        Assert.Equal(10, chart.Descendants("rect").Count() - 1);
        var ring = Assert.Single(chart.Descendants("circle"), c => Is(c, "ring"));
        Assert.Equal(2, XAxis(chart)(Number(ring, "cx")), 1e-2);
    }

    [Fact]
    public void A_training_loss_that_is_not_in_nats_is_not_drawn_among_nats()
    {
        ReportDocument page = new(Reports.All["other losses"]().ToHtml());
        var chart = page.Chart("Loss by epoch");
        Assert.Equal(
            ["epoch", "by squared error, validation"], chart.Descendants("th").Where(th => th.Attribute("scope")!.Value == "col")
            .Select(th => th.Value));
        Assert.Equal([["2", "0.6000"], ["4", "0.3500"]], Table(chart));
        Assert.Contains(
            "The training loss of by squared error is squared error (Brier), which is not in nats and is not drawn.", chart.Value,
            StringComparison.Ordinal);
        Assert.Contains(page.Elements("td"), td => td.Value == "0.5000 (squared error (Brier))");
    }

    [Fact]
    public void Lines_of_ones_own_are_drawn_where_they_are()
    {
        var section = new ReportSection("Own")
            .AddLines(
            "A chart", "step", "share",
            [new("rises", [(0, 0), (5, double.PositiveInfinity), (10, 0.5)]), new("falls", [(0, 1), (5, 0.25)])], "A note.");
        var chart = new ReportDocument(new CrossEntropyReport("Lines").Add(section).ToHtml()).Chart("A chart");
        Assert.Equal([["0", "0.0000", "1.0000"], ["5", "", "0.2500"], ["10", "0.5000", ""]], Table(chart));
        var axis = XAxis(chart);
        Assert.Equal([0, 10], chart.Descendants("circle").Take(2).Select(c => Math.Round(axis(Number(c, "cx")), 3)));
        Assert.Equal("A note.", chart.Element("figcaption")!.Value);
        Assert.Contains("rises: 0.5000 at step 10", chart.Descendants("text").Select(t => t.Value));
        Assert.Contains(
            "falls: from 1.0000 to 0.2500 at step 5, lowest 0.2500.", chart.Descendants("desc").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparisons_are_said_in_a_sentence_and_shown()
    {
        var comparison = Reports.Comparison();
        ReportDocument page = new(Reports.All["comparison"]().ToHtml());
        Assert.Equal(
            [.. comparison.Pairs.Select(p => p.Sentence), Reports.Folds().Pairs[0].Sentence],
            page.Elements("p").Where(p => Is(p, "verdict")).Skip(1).Select(p => p.Value));
        var chart = page.Chart("Difference of log-loss, paired by row");
        var dot = Assert.Single(chart.Descendants("circle"));
        Assert.Equal(-0.1, XAxis(chart)(Number(dot, "cx")), 1e-3);
        Assert.Contains(page.Elements("td"), td => td.Value == "row-three");
        Assert.Contains("over the folds", page.Chart("Difference of log-loss, paired by fold").Element("figcaption")!.Value, StringComparison.Ordinal);
    }

    /// <summary>Two models of which the better one is known: its targets' own probabilities, and those flattened.</summary>
    private static (CrossEntropyReport Report, PairedComparison Pair, MulticlassCrossEntropyMetrics Best) TwoModels(bool areCompared)
    {
        Random random = new(4);
        double[] shares = [.. Enumerable.Range(0, 600).Select(_ => random.NextDouble())];
        double[] labels = [.. shares.Select(share => random.NextDouble() < share ? 1.0 : 0)];
        MLContext ml = new(1);
        var sharp = ScoredData.Multiclass(labels, [.. shares.Select(q => new[] { 1 - q, q })], keyCount: 2);
        var flat = ScoredData.Multiclass(labels, [.. shares.Select(q => new[] { 0.75 - q / 2, 0.25 + q / 2 })], keyCount: 2);
        MulticlassEvaluationOptions options = new() { ClassNames = ["no", "yes"] };
        var comparison = ml.MulticlassClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { ["flat"] = flat, ["sharp"] = sharp }, new ComparisonOptions { Seed = 1 }, options);
        var best = ml.MulticlassClassification.EvaluateCrossEntropy(sharp, options);
        var report = new CrossEntropyReport("Two").Add("flat", ml.MulticlassClassification.EvaluateCrossEntropy(flat, options)).Add("sharp", best);
        return (areCompared ? report.Add(comparison) : report, comparison.Pairs[0], best);
    }

    [Fact]
    public void One_sentence_says_who_is_best_by_how_much_how_surely_and_whether_it_is_calibrated()
    {
        (var report, var pair, var best) = TwoModels(areCompared: true);
        var sentence = new ReportDocument(report.ToHtml()).Elements("p").First(p => Is(p, "verdict")).Value;
        Assert.Equal(("sharp", "flat"), (pair.First, pair.Second));
        Assert.Equal(
            FormattableString.Invariant($"sharp has the lowest log-loss of 2 models, {best.LogLoss:0.0000} nats, ")
            + FormattableString.Invariant($"{100 * best.LogLossReduction:0.0}% below the reference ({best.ReferenceName}), ")
            + FormattableString.Invariant($"{-pair.ClippedMeanDifference:0.0000} better than flat ")
            + FormattableString.Invariant($"(95% CI {-pair.Interval.Upper:0.0000} to {-pair.Interval.Lower:0.0000}); it is calibrated as far as these ")
            + FormattableString.Invariant($"rows tell (calibration error {best.Reliability.ExpectedCalibrationError:0.0000}, by chance alone ")
            + FormattableString.Invariant($"{best.Reliability.ExpectedUnderPerfectCalibration:0.0000}); all 600 rows were used."),
            sentence);
        (report, _, _) = TwoModels(areCompared: false);
        Assert.Contains("not compared row by row, so that this may be chance", report.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_overview_sorts_models_and_shows_paired_differences_and_curves_of_all()
    {
        (var report, var pair, var best) = TwoModels(areCompared: true);
        ReportDocument page = new(report.ToHtml());
        var overview = page.Elements("table").First();
        Assert.Equal(["sharp", "flat"], overview.Descendants("th").Where(th => th.Attribute("scope")!.Value == "row").Select(th => th.Value));
        var chart = page.Chart("Log-loss above that of sharp");
        Assert.Equal([0, -pair.ClippedMeanDifference], chart.Descendants("circle").Select(c => XAxis(chart)(Number(c, "cx"))), (x, y) => Math.Abs(x - y) < 1e-3);
        foreach (var title in (string[])["Reliability", "ROC", "Precision and recall"])
            Assert.Equal(2, page.Chart(title).Descendants("path").Count());
        var points = Table(page.Chart("ROC")).Where(row => row[0] == "sharp").Select(row => (X: Parse(row[1]), Y: Parse(row[2]))).ToArray();
        var area = points.Zip(points.Skip(1), (a, b) => (b.X - a.X) * (a.Y + b.Y) / 2).Sum();
        Assert.Equal(best.Classes[1].RocAuc, area, 2e-3);

        static double Parse(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Details_are_folded_and_a_model_without_a_loss_curve_says_why()
    {
        ReportDocument page = new(TwoModels(areCompared: true).Report.ToHtml());
        XElement[] parts = [.. page.Elements("details").Where(d => Is(d, "part"))];
        Assert.Equal(4, parts.Length);
        Assert.All(parts, part => Assert.Null(part.Attribute("open")));
        Assert.Equal(2, page.Elements("td").Count(td => td.Value == "no training report: not fitted here"));
        // Of a single model nothing is to be unfolded.
        Assert.NotNull(Page.Elements("details").Last(d => Is(d, "part")).Attribute("open"));
    }

    [Fact]
    public void A_calibration_error_beyond_chance_is_called_so()
    {
        Assert.True(Conclusion.IsCalibrated(TwoModels(areCompared: false).Best.Reliability));
        // Every other label is a throw of dice, whatever the scores say.
        Assert.False(Conclusion.IsCalibrated(Metrics.Reliability));
    }

    [Fact]
    public void Bits_are_nats_over_ln_2()
    {
        ReportDocument bits = new(new CrossEntropyReport("Trees") { InBits = true }.Add("one", Metrics).ToHtml());
        Assert.Equal(
            Metrics.Classes.Select(c => FormattableString.Invariant($"{c.LogLossBits:0.0000}")),
            Table(bits.Chart("Log-loss by class")).Select(row => row[2]));
        Assert.Contains("losses in bits", bits.Elements("header").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_head_says_host_date_and_rows()
    {
        var head = new ReportDocument(Reports.All["multiclass"]().ToHtml()).Elements("header").Single().Value;
        Assert.Contains("2026-11-21 14:00 +00:00", head, StringComparison.Ordinal);
        Assert.Contains("400 rows evaluated", head, StringComparison.Ordinal);
        var version =
            typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Assert.Contains($"Microsoft.ML {version}", head, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_defined_is_said_to_be_so()
    {
        ReportDocument page = new(Reports.All["infinite"]().ToHtml());
        // The worst model is the last one.
        var classes = Table(page.Charts.Last(f => f.Element("h3")!.Value == "Log-loss by class"));
        Assert.Equal("∞", classes[0][2]);
        Assert.Equal("not defined", classes[2][2]);
        Assert.DoesNotContain(
            "NaN", string.Concat(page.Charts.SelectMany(f => f.Descendants("td")).Concat(page.Elements("dd")).Select(e => e.Value)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_classes_the_most_confused_are_drawn_and_the_others_summed()
    {
        var metrics = Evaluated.Multiclass(classes: 200);
        ConfusionTable table = ConfusionTable.Of(metrics.ConfusionMatrix!, [3, 5, 199]);
        Assert.Equal(["class 3", "class 5", "class 199", "197 others"], table.Names);
        Assert.Equal(metrics.ConfusionMatrix!.Rows(5, 199), table.Rows[1, 2]);
        Assert.Equal(400, table.Rows.Cast<long>().Sum());
        Assert.Equal(metrics.WeightSum, table.Weights.Cast<double>().Sum(), 1e-9);
        Assert.Equal(1, Enumerable.Range(0, 4).Sum(j => table.Share(3, j)), 1e-12);
    }

    [Fact]
    public void Any_text_stays_text()
    {
        var config = Config.QuickThrowOnFailure.WithReplay(0xE5CA, 0x1D).WithMaxTest(300);
        Check.One(config, Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(s => s is not null), text =>
        {
            foreach (var any in new[] { text, Reports.Hostile + text, text + "\ud83d", "\udc00" + text })
            {
                var written = Markup.Write(Markup.El("p", Markup.At("title", any), any));
                XElement read = XElement.Parse(written, LoadOptions.PreserveWhitespace);
                Assert.Empty(read.Elements());
                Assert.Equal(Clean(any), read.Value);
                Assert.Equal(Clean(any), read.Attribute("title")!.Value);
            }
        }));
    }

    [Fact]
    public void Elements_that_HTML_does_not_close_by_itself_are_closed() =>
        Assert.Equal(
            "<div><p></p><br /><td>x</td></div>", Markup.Write(Markup.El("div", Markup.El("p"), Markup.El("br"), Markup.El("td", "x"))));

    [Fact]
    public void A_saved_report_is_the_page_in_UTF8()
    {
        using TemporaryFile file = new();
        var report = Reports.All["hostile"]();
        report.Save(file.Name);
        Assert.Equal(Encoding.UTF8.GetBytes(report.ToHtml()), File.ReadAllBytes(file.Name));
    }

    [Fact]
    public void Mistakes_are_refused_in_words()
    {
        Assert.Contains("blank", Assert.Throws<ArgumentException>(() => new CrossEntropyReport(" ")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'one' already",
            Assert.Throws<ArgumentException>(() => new CrossEntropyReport("x").Add("one", Metrics).Add("one", Metrics)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "PNG", Assert.Throws<ArgumentException>(
            () => new ReportSection("x").AddPictures([(new byte[] { 1, 2 }, "dot", "")])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ReportSection("x").AddTable("t", ["a", "b"], [["1"]]));
    }

    /// <summary>What XML cannot hold becomes U+FFFD; a slow rule beside the fast one.</summary>
    private static string Clean(string text)
    {
        StringBuilder clean = new();
        foreach (var rune in text.EnumerateRunes())
        {
            var c = rune.Value;
            var isControl = c < 0x20 && c is not ('\n' or '\t') || c is >= 0x7f and < 0xa0;
            var isNoCharacter = c is >= 0xfdd0 and <= 0xfdef || c % 0x10000 is 0xfffe or 0xffff;
            clean.Append(isControl || isNoCharacter ? '\ufffd' : rune);
        }
        return clean.ToString();
    }
}

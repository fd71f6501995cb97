using Microsoft.ML;
using static MLNet.CrossEntropy.Tests.Reporting.ReportDocument;

namespace MLNet.CrossEntropy.Tests.Reporting;

public sealed class ReliabilityChartTests
{
    private sealed record Answer(bool Label, float Probability, string Region);

    [Fact]
    public void Models_share_a_chart_with_an_interval_of_each_bin()
    {
        MulticlassCrossEntropyMetrics[] models = [.. Enumerable.Range(1, 8).Select(i => Evaluated.Multiclass(rows: 100 * i, seed: i))];
        CrossEntropyReport report = new("Eight");
        foreach ((var i, var metrics) in models.Index())
            report.Add($"model {i}", metrics);
        var chart = new ReportDocument(report.ToHtml()).Chart("Reliability");
        var bins = models.Sum(m => m.Reliability!.Bins.Count(b => b.Weight > 0));
        Assert.Equal(bins, chart.Descendants("line").Count(line => Is(line, "whisker")));
        Assert.Equal(bins, Table(chart).Length);
        Assert.Equal(models.Length, chart.Descendants("path").Count());
        // Beyond the sixth colour lines are dashed.
        Assert.Equal(2, chart.Descendants("path").Count(path => Is(path, "dashed")));
    }

    [Fact]
    public void A_model_has_its_segments_where_they_were_evaluated()
    {
        MLContext ml = new(1);
        var rows = Enumerable.Range(0, 60).Select(i => new Answer(i % 3 == 0, i % 5 / 5f + 0.1f, i % 2 == 0 ? "north" : "south"));
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(
            ml.Data.LoadFromEnumerable(rows), new BinaryEvaluationOptions { ScoreColumnName = null, SegmentColumnName = "Region" });
        ReportDocument page = new(new CrossEntropyReport("Regions") { InBits = true }.Add("one", metrics).ToHtml());
        var table = page.Elements("table").Single(t => t.Element("caption")!.Value.StartsWith("Figures by segment", StringComparison.Ordinal));
        Assert.Equal(["north", "south"], table.Descendants("tbody").Single().Elements("tr").Select(tr => tr.Elements().First().Value).Order());
        Assert.Contains(table.Descendants("th"), th => th.Value == "log-loss (bits)");
        Assert.DoesNotContain(new ReportDocument(Reports.All["binary"]().ToHtml()).Elements("h3"), h => h.Value == "Segments");
    }
}

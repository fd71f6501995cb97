using MLNet.CrossEntropy.Reporting;

namespace MLNet.CrossEntropy.Tests.Reporting;

public sealed class ReliabilityChartTests
{
    [Fact]
    public void Several_models_share_a_chart()
    {
        (string Name, ReliabilityDiagram Diagram)[] diagrams =
            [.. Enumerable.Range(1, 8).Select(i => ($"model {i}", Evaluated.Multiclass(rows: 100 * i, seed: i).EqualMassReliability!))];
        var chart = ReliabilityChart.Of(diagrams, "the predicted class is right");
        var bins = diagrams.Sum(d => d.Diagram.Bins.Count);
        // A dot and an interval a bin, and a dot a model below.
        Assert.Equal(bins + diagrams.Length, chart.Svg.Descendants("circle").Count());
        Assert.Equal(bins, chart.Svg.Descendants("line").Count(l => l.Attribute("class")!.Value.Contains("whisker", StringComparison.Ordinal)));
        Assert.Equal(bins, chart.Data.Rows.Count);
        Assert.All(chart.Data.Rows, row => Assert.Equal(chart.Data.Columns.Count, row.Length));
        Assert.All(diagrams, d => Assert.Contains($"{d.Name}: ECE", chart.Description, StringComparison.Ordinal));
        // Beyond the sixth colour dots are open.
        Assert.Equal(diagrams[6..].Sum(d => d.Diagram.Bins.Count + 1), chart.Svg.Descendants("circle").Count(c => c.Attribute("class")!.Value.Contains("open", StringComparison.Ordinal)));
    }
}

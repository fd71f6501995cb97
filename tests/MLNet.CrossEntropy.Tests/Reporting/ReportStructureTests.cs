using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using static MLNet.CrossEntropy.Tests.Reporting.ReportDocument;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>What holds for every page: well-formed, self-contained, accessible, the same bytes each time.</summary>
public sealed partial class ReportStructureTests
{
    private static readonly string[] Coordinates = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height"];

    public static TheoryData<string> Names => Reports.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_stands_alone(string name)
    {
        ReportDocument page = new(Reports.All[name]().ToHtml());
        Assert.Equal("en", page.Root.Attribute("lang")!.Value);
        Assert.DoesNotContain(page.Root.Descendants(), e => e.Name.LocalName is "script" or "link" or "iframe" or "object" or "base");
        XAttribute[] attributes = [.. page.Root.DescendantsAndSelf().Attributes()];
        Assert.DoesNotContain(attributes, a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.All(
            attributes.Where(a => a.Name.LocalName is "src"), a => Assert.StartsWith("data:image/", a.Value, StringComparison.Ordinal));
        Assert.All(attributes.Where(a => a.Name.LocalName is "href"), a => Assert.StartsWith("#", a.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("url\\(|@import|//", page.Elements("style").Single().Value);
        Assert.DoesNotContain("://", string.Concat(attributes.Select(a => a.Value)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_chart_has_title_description_and_table(string name)
    {
        ReportDocument page = new(Reports.All[name]().ToHtml());
        foreach (var svg in page.Elements("svg"))
        {
            Assert.Equal("img", svg.Attribute("role")!.Value);
            var labels = svg.Attribute("aria-labelledby")!.Value.Split(' ');
            Assert.Equal([svg.Element("title")!.Attribute("id")!.Value, svg.Element("desc")!.Attribute("id")!.Value], labels);
            Assert.All([svg.Element("title")!, svg.Element("desc")!], e => Assert.NotEqual("", e.Value.Trim()));
        }
        Assert.All(page.Charts, figure => Assert.NotEmpty(figure.Element("details")!.Descendants("th")));
        Assert.All(page.Elements("img"), img => Assert.NotNull(img.Attribute("alt")));
        Assert.All(page.Elements("table"), table => Assert.NotEqual("", table.Element("caption")!.Value));
        Assert.All(page.Elements("table"), table => Assert.Single(table.Descendants("tr").Select(tr => tr.Elements().Count()).Distinct()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Headings_descend_by_one_and_ids_are_unique(string name)
    {
        ReportDocument page = new(Reports.All[name]().ToHtml());
        int[] levels =
            [.. page.Root.Descendants().Select(e => e.Name.LocalName).Where(n => HeadingName().IsMatch(n)).Select(n => n[1] - '0')];
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(
            levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"h{pair.First} is followed by h{pair.Second}"));
        string[] ids = [.. page.Root.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(page.Elements("a"), a => Assert.Contains(a.Attribute("href")!.Value[1..], ids));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_is_drawn_lies_in_its_drawing(string name)
    {
        ReportDocument page = new(Reports.All[name]().ToHtml());
        foreach (var svg in page.Elements("svg"))
        {
            double width = Number(svg, "width"), height = Number(svg, "height");
            Assert.Equal($"0 0 {svg.Attribute("width")!.Value} {svg.Attribute("height")!.Value}", svg.Attribute("viewBox")!.Value);
            foreach (var element in svg.Descendants().Where(e => e.Name.LocalName is not ("title" or "desc")))
            {
                foreach (var coordinate in Coordinates.Where(c => element.Attribute(c) is not null))
                    Assert.InRange(Number(element, coordinate), 0, coordinate.Contains('y') || coordinate == "height" ? height : width);
            }
            foreach (var path in svg.Descendants("path"))
            {
                double[] numbers =
                    [.. NumberText().Matches(path.Attribute("d")!.Value).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];
                Assert.Matches("^[ML0-9. -]+$", path.Attribute("d")!.Value);
                Assert.All(numbers, n => Assert.InRange(n, 0, Math.Max(width, height)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Same_input_same_bytes_in_any_culture(string name) =>
        Evaluated.AssertSameInAnyCulture(() => Reports.All[name]().ToHtml());

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_is_small(string name) => Assert.InRange(Reports.All[name]().ToHtml().Length, 1000, 700_000);

    [Fact]
    public void A_second_call_gives_the_same_page()
    {
        var report = Reports.All["comparison"]();
        Assert.Equal(report.ToHtml(), report.ToHtml());
    }

    [GeneratedRegex("^h[1-6]$")]
    private static partial Regex HeadingName();

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex NumberText();
}

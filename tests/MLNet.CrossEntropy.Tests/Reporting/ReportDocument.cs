using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>A report read back, as XML: what a browser shows, in the terms of the tests.</summary>
internal sealed class ReportDocument
{
    public ReportDocument(string html)
    {
        using var reader =
            XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        Root = XDocument.Load(reader).Root!;
    }

    public XElement Root { get; }

    public IEnumerable<XElement> Elements(string name) => Root.Descendants(name);

    public IEnumerable<XElement> Charts => Elements("svg").Select(svg => svg.Ancestors("figure").First());

    /// <summary>The chart with this heading, of the model with this heading.</summary>
    public XElement Chart(string title) => Charts.First(f => f.Element("h3")!.Value == title);

    /// <summary>The cells of a chart's table, header left out.</summary>
    public static string[][] Table(XElement figure) =>
        [.. figure.Descendants("tbody").Single().Elements("tr").Select(tr => tr.Elements().Select(c => c.Value).ToArray())];

    public static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    public static bool Is(XElement element, string kind) => element.Attribute("class")?.Value.Split(' ').Contains(kind) == true;

    /// <summary>Reads values off the axis below a plot, by its tick labels, as an eye does.</summary>
    public static Func<double, double> XAxis(XElement figure)
    {
        (double Place, double Value)[] ticks =
        [
            .. figure.Descendants("text").Where(t => Is(t, "tick") && t.Attribute("text-anchor")?.Value == "middle")
                .Where(t => double.TryParse(t.Value, CultureInfo.InvariantCulture, out _))
                .Select(t => (Number(t, "x"), double.Parse(t.Value, CultureInfo.InvariantCulture))),
        ];
        var perUnit = (ticks[^1].Value - ticks[0].Value) / (ticks[^1].Place - ticks[0].Place);
        return x => ticks[0].Value + (x - ticks[0].Place) * perUnit;
    }
}

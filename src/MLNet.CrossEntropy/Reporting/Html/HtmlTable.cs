using System.Xml.Linq;
using static MLNet.CrossEntropy.Reporting.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>A table: the first cell of each row names it, the others are figures.</summary>
internal sealed record HtmlTable(string Caption, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>So many characters of a row's name are never broken, however narrow the page.</summary>
    private const int Unbroken = 28;

    /// <summary>The table, in a box of its own that scrolls sideways when the page is too narrow.</summary>
    public XElement ToElement(bool showCaption) => El(
        "div",
        Class("scroll"),
        At("role", "region"),
        At("aria-label", Caption),
        At("tabindex", "0"),
        El(
            "table",
            Rows.All(r => r[0].Length <= Unbroken) ? Class("named") : null,
            El("caption", showCaption ? null : Class("unseen"), Caption),
            El("thead", El("tr", Header.Select(h => El("th", At("scope", "col"), h)))),
            El("tbody", Rows.Select(ToRow))));

    private static XElement ToRow(IReadOnlyList<string> cells) =>
        El("tr", cells.Select((cell, i) => i == 0 ? El("th", At("scope", "row"), cell) : El("td", cell)));
}

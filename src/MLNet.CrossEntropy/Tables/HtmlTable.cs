using System.Text;
using System.Xml;
using System.Xml.Linq;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Tables;

/// <summary>Writes tables as HTML.</summary>
internal static class HtmlTable
{
    /// <summary>So many characters of a row's name are never broken.</summary>
    private const int Unbroken = 28;

    /// <summary>Longer texts beside others are folded: the beginning shows, the whole opens.</summary>
    private const int Folded = 60;

    /// <summary>
    /// The table, in a box of its own that scrolls sideways when it is too wide; on a narrow page each row is a block instead, in which
    /// cells are named by their columns.
    /// </summary>
    public static XElement ToElement(this Table table, bool showCaption)
    {
        string[][] rows = [.. table.Rows.Select(row => row.Select((cell, j) => cell.OnPage(table.Columns[j])).ToArray())];
        return El(
            "div",
            Class("scroll"),
            At("role", "group"),
            At("aria-label", table.Title),
            At("tabindex", "0"),
            El(
                "table",
                rows.All(r => r[0].Length <= Unbroken) ? Class("named") : null,
                El("caption", showCaption ? null : Class("unseen"), table.Title),
                El("thead", El("tr", table.Columns.Select(c => El("th", At("scope", "col"), Kind(c), c.Header)))),
                El("tbody", rows.Select(row => Row(table.Columns, row, isFolded: table.Columns.Count > 2)))));
    }

    private static XElement Row(IReadOnlyList<Column> columns, string[] cells, bool isFolded) => El("tr", cells.Select((cell, j) => j == 0
        ? El("th", At("scope", "row"), cell)
        : El("td", At("data-label", columns[j].Header), Kind(columns[j]), isFolded ? Content(cell) : cell)));

    private static XAttribute? Kind(Column column) => column.Format is null ? Class("words") : null;

    private static object Content(string cell) =>
        cell.Length <= Folded ? cell : El("details", El("summary", TextTable.Shorten(cell, Folded)), cell);
}

/// <summary>
/// Elements and attributes of HTML and SVG, and their writing down as HTML that is well-formed XML too: the one place that escapes.
/// </summary>
internal static class Markup
{
    /// <summary>Elements that HTML lets stand without an end tag, and SVG's shapes; all others are closed by a tag of their own.</summary>
    private static readonly HashSet<string> SelfClosing = ["meta", "br", "img", "col", "line", "rect", "circle", "path", "use"];

    public static XElement El(string name, params object?[] content) => new(name, content);

    /// <summary>An attribute; a number is rounded to hundredths, enough for a place in a drawing.</summary>
    public static XAttribute At(string name, double value) => new(name, Math.Round(value, 2));

    /// <inheritdoc cref="At(string, double)"/>
    public static XAttribute At(string name, string value) => new(name, value);

    public static XAttribute Class(string name) => At("class", name);

    /// <summary>
    /// The document as text. Whatever XML cannot hold (control characters, halves of a surrogate pair) becomes U+FFFD; all else
    /// is escaped by the writer.
    /// </summary>
    public static string Write(XElement root)
    {
        foreach (var element in root.DescendantsAndSelf())
            MakePresentable(element);
        StringBuilder text = new();
        XmlWriterSettings settings = new()
        {
            OmitXmlDeclaration = true,
            ConformanceLevel = ConformanceLevel.Fragment,
            NewLineHandling = NewLineHandling.Entitize,
        };
        using (var writer = XmlWriter.Create(text, settings))
            root.WriteTo(writer);
        return text.ToString();
    }

    private static void MakePresentable(XElement element)
    {
        foreach (var attribute in element.Attributes())
            attribute.Value = Presentable(attribute.Value);
        foreach (var node in element.Nodes().OfType<XText>())
            node.Value = Presentable(node.Value);
        if (element.IsEmpty && !SelfClosing.Contains(element.Name.LocalName))
            element.Value = "";
    }

    private static string Presentable(string text)
    {
        if (text.All(c => c is '\n' or (>= ' ' and < '\u007f')))
            return text;
        StringBuilder clean = new(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsPresentable(rune.Value) ? rune : Rune.ReplacementChar);
        return clean.ToString();
    }

    private static bool IsPresentable(int c) =>
        c is '\n' or '\t' or (>= 0x20 and < 0x7f) or >= 0xa0 && (c & 0xfffe) != 0xfffe && c is not (>= 0xfdd0 and <= 0xfdef);
}

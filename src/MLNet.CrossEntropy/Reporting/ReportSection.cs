using System.Xml.Linq;
using MLNet.CrossEntropy.Reporting;
using static MLNet.CrossEntropy.Reporting.Markup;

namespace MLNet.CrossEntropy;

/// <summary>
/// A section of one's own in a <see cref="CrossEntropyReport"/>: paragraphs, tables and pictures in the order they are added. All text
/// is shown as it is; nothing in it is read as markup.
/// </summary>
/// <param name="heading">The section's heading.</param>
public sealed class ReportSection(string heading)
{
    private readonly List<XElement> _parts = [];

    /// <summary>The section's heading.</summary>
    public string Heading { get; } = string.IsNullOrWhiteSpace(heading) ? throw Internals.Throw.Blank(nameof(heading)) : heading;

    /// <summary>Adds a paragraph.</summary>
    public ReportSection AddText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _parts.Add(El("p", text));
        return this;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="caption">What the table shows.</param>
    /// <param name="header">The columns' names.</param>
    /// <param name="rows">The cells, row by row; a row's first cell names it.</param>
    /// <exception cref="ArgumentException">A row has not one cell a column.</exception>
    public ReportSection AddTable(string caption, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        IReadOnlyList<string>[] cells = [.. rows];
        foreach (IReadOnlyList<string> row in cells)
            Internals.Throw.IfLengthsDiffer(header.Count, row.Count, nameof(header), nameof(rows));
        _parts.Add(new HtmlTable(caption, [.. header], cells).ToElement(showCaption: true));
        return this;
    }

    /// <summary>Adds pictures, side by side as the page is wide.</summary>
    /// <exception cref="ArgumentException">A picture is of no known format.</exception>
    public ReportSection AddPictures(IEnumerable<ReportPicture> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        _parts.Add(El("ul", Class("pictures"), pictures.Select(p => El("li", El(
            "figure",
            El("img", At("src", $"data:{p.MediaType};base64,{Convert.ToBase64String(p.Data.Span)}"), At("alt", p.AlternativeText)),
            El("figcaption", p.Caption))))));
        return this;
    }

    internal IEnumerable<XElement> ToElements() => _parts.Select(part => new XElement(part));
}

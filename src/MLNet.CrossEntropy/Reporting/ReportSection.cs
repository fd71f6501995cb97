using System.Xml.Linq;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Reporting;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy;

/// <summary>
/// A section of one's own in a <see cref="CrossEntropyReport"/>: paragraphs, tables, charts and pictures in the order they are added.
/// All text is shown as it is; nothing in it is read as markup.
/// </summary>
/// <param name="heading">The section's heading.</param>
public sealed class ReportSection(string heading)
{
    /// <summary>What was added, each made for an id of its own within the page.</summary>
    private readonly List<Func<string, XElement>> _parts = [];

    /// <summary>The section's heading.</summary>
    public string Heading { get; } = string.IsNullOrWhiteSpace(heading) ? throw ReportErrors.Blank(nameof(heading)) : heading;

    /// <summary>Adds a paragraph.</summary>
    public ReportSection AddText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _parts.Add(_ => El("p", text));
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
        foreach (var row in cells)
            Throw.IfLengthsDiffer(header.Count, row.Count, nameof(header), nameof(rows));
        var table = Table.Texts(caption, header, cells);
        _parts.Add(_ => table.ToElement(showCaption: true));
        return this;
    }

    /// <summary>
    /// Adds a chart of lines, each in a colour and with marks of its own; what it shows is there in words and as a table too. The
    /// vertical axis is logarithmic where the values are positive and span more than a factor of 20.
    /// </summary>
    /// <param name="title">What the chart shows.</param>
    /// <param name="x">What the horizontal axis shows, such as "epoch".</param>
    /// <param name="y">What the vertical axis shows, with its unit: one for all lines.</param>
    /// <param name="lines">The lines: their names, and their points from left to right. Points that are not finite are left out.</param>
    /// <param name="note">How to read it; stands below.</param>
    public ReportSection AddLines(
        string title,
        string x,
        string y,
        IEnumerable<(string Name, IReadOnlyList<(double X, double Y)> Points)> lines,
        string note = "")
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(note);
        ChartLine[] drawn = [.. lines.Select((line, i) => new ChartLine(
            line.Name, i, IsDashed: i % 2 == 1, Ring: null, [.. line.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))]))];
        _parts.Add(id => LineChart.Of(title, note, x, y, drawn).ToElement(id));
        return this;
    }

    /// <summary>Adds pictures, side by side as the page is wide; they become part of the page itself.</summary>
    /// <param name="pictures">
    /// The bytes of PNG, JPEG, GIF or WebP files; what each shows, for whoever cannot see it; and what stands below it, whose line breaks
    /// are kept.
    /// </param>
    /// <exception cref="ArgumentException">A picture is of no known format.</exception>
    public ReportSection AddPictures(IEnumerable<(ReadOnlyMemory<byte> Data, string AlternativeText, string Caption)> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var list = El("ul", Class("pictures"), pictures.Select(p => El("li", El(
            "figure",
            El("img", At("src", $"data:{MediaTypeOf(p.Data.Span, p.AlternativeText)};base64,{Convert.ToBase64String(p.Data.Span)}"),
                At("alt", p.AlternativeText)),
            El("figcaption", p.Caption)))));
        _parts.Add(_ => new XElement(list));
        return this;
    }

    /// <summary>The parts, in order; <paramref name="id"/> must be the section's own within the page.</summary>
    internal IEnumerable<XElement> ToElements(string id) => _parts.Select((part, i) => part(FormattableString.Invariant($"{id}-{i + 1}")));

    /// <summary>The media type that a picture's first bytes tell.</summary>
    private static string MediaTypeOf(ReadOnlySpan<byte> picture, string name) => picture switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => throw ReportErrors.UnknownPictureFormat(name, picture.Length),
    };
}

using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Elements and attributes of HTML and SVG, and their writing down as HTML that is well-formed XML too.</summary>
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

    /// <summary>A text cut to a number of characters, none of them in half.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length <= most)
            return text;
        var end = most - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    /// <summary>
    /// The document as text. Whatever XML cannot hold (control characters, halves of a surrogate pair) becomes U+FFFD; all else
    /// is escaped by the writer.
    /// </summary>
    public static string Write(XElement root)
    {
        foreach (var element in root.DescendantsAndSelf())
            MakePresentable(element);
        StringBuilder text = new();
        XmlWriterSettings settings = new() { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, NewLineHandling = NewLineHandling.Entitize };
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

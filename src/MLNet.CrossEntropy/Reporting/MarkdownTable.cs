using System.Text;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Lays rows of text out as a Markdown table (GitHub's), escaping whatever Markdown would read as markup.</summary>
internal static class MarkdownTable
{
    private const string Special = @"\`*_[]<>|~&";

    /// <summary>The first column is aligned left, the others right, as is usual for a name and its numbers.</summary>
    public static void Append(StringBuilder text, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        AppendRow(text, header);
        text.Append("|---|").Insert(text.Length, "---:|", header.Count - 1).Append('\n');
        foreach (var row in rows)
            AppendRow(text, row);
    }

    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                escaped.Append(' ');
            else
                escaped.Append(Special.Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
        }
        return escaped.ToString();
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells)
    {
        foreach (var cell in cells)
            text.Append("| ").Append(Escape(cell)).Append(' ');
        text.Append("|\n");
    }
}

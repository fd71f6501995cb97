using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tables;

/// <summary>Writes tables and lists as Markdown (GitHub's), with whatever Markdown would read as markup escaped.</summary>
internal static class MarkdownTable
{
    private const string Special = @"\`*_[]<>|~&";

    /// <summary>Appends a table, its first column and those of texts aligned left, numbers right.</summary>
    public static StringBuilder Append(StringBuilder text, Table table)
    {
        var shown = table.WithoutDetails();
        AppendRow(text, shown.Columns.Select(c => c.Header));
        foreach ((var column, var j) in shown.Columns.Select((c, j) => (c, j)))
            text.Append(j == 0 ? "|" : "").Append(j == 0 || column.Format is null ? "---|" : "---:|");
        text.Append('\n');
        foreach (var row in shown.Rows)
            AppendRow(text, row.Select((cell, j) => cell.Plain(shown.Columns[j])));
        return text;
    }

    /// <summary>Appends warnings as a list.</summary>
    public static StringBuilder AppendWarnings(StringBuilder text, IReadOnlyCollection<string> warnings) =>
        AppendList(text, warnings, "**Warning:** ");

    /// <summary>Appends a list, if anything is in it, after an empty line.</summary>
    /// <param name="text">To what.</param>
    /// <param name="items">The list's items.</param>
    /// <param name="mark">What stands before each, as it is.</param>
    public static StringBuilder AppendList(StringBuilder text, IReadOnlyCollection<string> items, string mark = "")
    {
        text.Append(items.Count > 0 ? "\n" : "");
        foreach (var item in items)
            text.Append("- ").Append(mark).Append(Escape(item)).Append('\n');
        return text;
    }

    /// <summary>The text as Markdown that shows just it, in one line.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (var c in PlainText.Clean(text))
            escaped.Append(Special.Contains(c, StringComparison.Ordinal) ? "\\" : "").Append(c);
        return escaped.ToString();
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells)
    {
        foreach (var cell in cells)
            text.Append("| ").Append(Escape(cell.Trim())).Append(' ');
        text.Append("|\n");
    }
}

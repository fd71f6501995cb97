using System.Globalization;
using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tables;

/// <summary>Writes tables as plain text in columns, the first aligned left, numbers right.</summary>
internal static class TextTable
{
    /// <summary>Row names are cut to this width.</summary>
    public const int WidestName = 40;

    /// <summary>The table as text.</summary>
    /// <inheritdoc cref="Append"/>
    public static string Of(Table table, bool hasHeader = true, int most = int.MaxValue, string others = "rows")
    {
        StringBuilder text = new();
        Append(text, table, hasHeader, most, others);
        return text.ToString();
    }

    /// <summary>Appends a table.</summary>
    /// <param name="text">To what.</param>
    /// <param name="table">The table.</param>
    /// <param name="hasHeader">Whether its columns' names stand above.</param>
    /// <param name="most">So many rows are shown.</param>
    /// <param name="others">What the rows are, to say how many are not shown.</param>
    /// <param name="indent">What stands before each line.</param>
    /// <param name="widestName">So many characters of a row's name are shown.</param>
    public static void Append(
        StringBuilder text, Table table, bool hasHeader = true, int most = int.MaxValue, string others = "rows", string indent = "",
        int widestName = WidestName)
    {
        var shown = table.WithoutDetails();
        var columns = shown.Columns;
        var rows = shown.Rows.Take(most).Select(row => columns.Select((column, j) => PlainText.Clean(row[j].Plain(column))).ToArray());
        string[][] lines = [.. hasHeader ? rows.Prepend([.. columns.Select(c => PlainText.Clean(c.Header))]) : rows];
        foreach (var line in lines)
            line[0] = Shorten(line[0], widestName);

        int[] widths = [.. columns.Select((c, j) => WidthOf(c, lines.Select(line => line[j].Length + Math.Min(j, 1))))];
        foreach (var line in lines)
        {
            text.Append(indent).Append(line[0].PadRight(widths[0]));
            for (var j = 1; j < line.Length; j++)
            {
                var isLast = j == line.Length - 1;
                text.Append(columns[j].Format is null ? $" {line[j]}".PadRight(isLast ? 0 : widths[j]) : line[j].PadLeft(widths[j]));
            }
            text.Append('\n');
        }
        if (table.Rows.Count > most)
            text.Append(indent).Append(CultureInfo.InvariantCulture, $"... and {table.Rows.Count - most} more {others}\n");
    }

    /// <summary>A text cut to a number of characters, none of them in half.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length <= most)
            return text;
        var end = most - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    private static int WidthOf(Column column, IEnumerable<int> lengths) =>
        Math.Max(column.Width > 0 ? column.Width : column.Format?.Width ?? 0, lengths.DefaultIfEmpty(0).Max());
}

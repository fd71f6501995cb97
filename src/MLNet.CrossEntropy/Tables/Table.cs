using System.Globalization;

namespace MLNet.CrossEntropy.Tables;

/// <summary>
/// A table, described once and written as text (<see cref="TextTable"/>), Markdown (<see cref="MarkdownTable"/>) or HTML
/// (<see cref="HtmlTable"/>).
/// </summary>
/// <param name="Title">What it shows: its caption on a page.</param>
/// <param name="Columns">Its columns; the first names the rows.</param>
/// <param name="Rows">One cell a column.</param>
internal sealed record Table(string Title, IReadOnlyList<Column> Columns, IReadOnlyList<Cell[]> Rows)
{
    private const int FactWidth = 17;

    /// <summary>A table of nothing but texts.</summary>
    public static Table Texts(string title, IEnumerable<string> header, IEnumerable<IReadOnlyList<string>> rows) =>
        new(title, [.. header.Select(h => new Column(h))], [.. rows.Select(row => row.Select(cell => (Cell)cell).ToArray())]);

    /// <summary>A table of names and what there is to say on each.</summary>
    public static Table Facts(string title, IEnumerable<(string Name, string Value)> facts) =>
        new(title, [new("metric", Width: FactWidth), new("value")], [.. facts.Select(f => (Cell[])[f.Name, f.Value])]);

    /// <summary>A line of <see cref="Facts"/>, its numbers the same in every culture.</summary>
    public static (string Name, string Value) Fact(string name, FormattableString value) =>
        (name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The table less the columns that only a page has room for.</summary>
    public Table WithoutDetails()
    {
        int[] kept = [.. Enumerable.Range(0, Columns.Count).Where(j => !Columns[j].IsDetail)];
        return this with
        {
            Columns = [.. kept.Select(j => Columns[j])],
            Rows = [.. Rows.Select(row => kept.Select(j => row[j]).ToArray())],
        };
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Header">What stands in it.</param>
/// <param name="Format">How its numbers are written; null for a column of texts.</param>
/// <param name="Width">So many characters it has at least in text; 0 leaves it to its format.</param>
/// <param name="IsDetail">Whether it is left out where there is no page to scroll.</param>
internal sealed record Column(string Header, NumberFormat? Format = null, int Width = 0, bool IsDetail = false);

/// <summary>What stands in a column's row: a number, written as the column says, or a text, written as it is.</summary>
internal readonly struct Cell
{
    private readonly string? _text;
    private readonly double _number;

    private Cell(string? text, double number) => (_text, _number) = (text, number);

    public static implicit operator Cell(string? text) => new(text ?? "", 0);

    public static implicit operator Cell(double number) => new(null, number);

    /// <summary>The cell in text and Markdown.</summary>
    public string Plain(Column column) => _text ?? FormatOf(column).Plain(_number);

    /// <summary>The cell on a page.</summary>
    public string OnPage(Column column) => _text ?? FormatOf(column).OnPage(_number);

    private static NumberFormat FormatOf(Column column) =>
        column.Format ?? throw new InvalidOperationException($"The column '{column.Header}' has no format for numbers.");
}

/// <summary>
/// How a kind of number is written, the same in every culture: in text and Markdown with the digits to go on with and C#'s names of
/// what is no number, on a page with those for the eye and a word.
/// </summary>
/// <param name="InText">The format of text and Markdown.</param>
/// <param name="ForTheEye">The format of a page.</param>
/// <param name="Width">So many characters a column of them has at least in text.</param>
/// <param name="Tiny">The format of a page for numbers between 0 and 0.001.</param>
internal sealed record NumberFormat(string InText, string ForTheEye, int Width = 0, string? Tiny = null)
{
    public static readonly NumberFormat Count = new("0", "#,##0", 10);
    public static readonly NumberFormat Loss = new("0.000000", "0.0000", 13);
    public static readonly NumberFormat Share = new("0.0000", "0.0000", 11);
    public static readonly NumberFormat Percent = new("0.0000", "0.0%", 11);
    public static readonly NumberFormat Weight = new("0.####", "#,##0.##", 11);
    public static readonly NumberFormat Probability = new("0.0000", "0.0000", 11, "0.###e+0");

    public static NumberFormat Of(string format, int width = 0) => new(format, format, width);

    public string Plain(double value) => Unsigned0(value.ToString(InText, CultureInfo.InvariantCulture));

    public string OnPage(double value) => value switch
    {
        double.NaN => "not defined",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        _ => Unsigned0(value.ToString(Tiny is not null && value is > 0 and < 0.001 ? Tiny : ForTheEye, CultureInfo.InvariantCulture)),
    };

    /// <summary>What rounding leaves of a small negative number is 0.</summary>
    private static string Unsigned0(string number) =>
        number.StartsWith('-') && !number.AsSpan().ContainsAnyInRange('1', '9') && number.Contains('0') ? number[1..] : number;
}

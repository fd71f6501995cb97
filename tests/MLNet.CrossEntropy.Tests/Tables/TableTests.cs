using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Tables;
using MLNet.CrossEntropy.Tests.Reporting;

namespace MLNet.CrossEntropy.Tests.Tables;

/// <summary>One description of a table says the same as text, Markdown and HTML, and no cell breaks out of it.</summary>
public sealed class TableTests
{
    /// <summary>Line breaks that are no control characters, and marks of direction.</summary>
    private const string Turning = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c";

    private static readonly Table Trees = new(
        "Trees",
        [
            new("tree"), new("rows", NumberFormat.Count), new("loss", NumberFormat.Loss), new("kind"),
            new("share", NumberFormat.Percent, IsDetail: true),
        ],
        [["ash", 12345, 0.25, "broad", 0.125], ["a|b", 0, double.NaN, "<i>", double.PositiveInfinity], ["oak", 1, "none", null, 0.0004]]);

    [Fact]
    public void Text_stands_in_columns() => Assert.Equal(
        """
        tree      rows         loss kind
        ash      12345     0.250000 broad
        a|b          0          NaN <i>
        ... and 1 more trees

        """.ReplaceLineEndings("\n"),
        TextTable.Of(Trees, most: 2, others: "trees"));

    [Fact]
    public void Text_without_a_header_begins_with_the_first_row() =>
        Assert.StartsWith("ash     12345     0.250000 broad\n", TextTable.Of(Trees, hasHeader: false), StringComparison.Ordinal);

    [Fact]
    public void Markdown_aligns_numbers_right() => Assert.Equal(
        """
        | tree | rows | loss | kind |
        |---|---:|---:|---|
        | ash | 12345 | 0.250000 | broad |
        | a\|b | 0 | NaN | \<i\> |
        | oak | 1 | none |  |

        """.ReplaceLineEndings("\n"),
        MarkdownTable.Append(new(), Trees).ToString());

    [Fact]
    public void A_page_shows_details_and_words_for_what_is_no_number()
    {
        var table = Trees.ToElement(showCaption: true).Element("table")!;
        Assert.Equal("Trees", table.Element("caption")!.Value);
        Assert.Equal(
            ["tree rows loss kind share", "ash 12,345 0.2500 broad 12.5%", "a|b 0 not defined <i> ∞", "oak 1 none  0.0%"],
            table.Descendants("tr").Select(tr => string.Join(' ', tr.Elements().Select(cell => cell.Value))));
        Assert.Contains("<td data-label=\"kind\" class=\"words\">&lt;i&gt;</td>", Markup.Write(Trees.ToElement(showCaption: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_culture_changes_nothing() =>
        Evaluated.AssertSameInAnyCulture(() => Written(Trees));

    [Fact]
    public void A_number_needs_a_format()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TextTable.Of(new("t", [new("kind")], [[1.0]])));
        Assert.Contains("'kind' has no format", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A row stays a line, and the file can be written, whatever the names are.</summary>
    [Theory]
    [InlineData(-0.0, "0.0000")]
    [InlineData(-0.00001, "0.0000")]
    [InlineData(-0.0001, "-0.0001")]
    [InlineData(-10, "-10.0000")]
    public void A_small_negative_number_is_0_and_no_negative_one(double value, string text)
    {
        Assert.Equal(text, NumberFormat.Share.Plain(value));
        Assert.Equal(text, NumberFormat.Share.OnPage(value));
    }

    [Fact]
    public void Any_name_stays_in_its_line()
    {
        var config = Config.QuickThrowOnFailure.WithReplay(0x7AB1, 0x1D).WithMaxTest(300);
        Check.One(config, Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(s => s is not null), name =>
        {
            foreach (var any in new[] { name, $"{name}\r\n\0\u001b[2J\u2028\u202e\u2066\u200f{name}", $"\udc00{name}\ud83d" })
            {
                Table table = Table.Texts(any, [any, "n"], [[any, any], ["x", "y"]]);
                Assert.Equal(3, Lines(TextTable.Of(table)).Length);
                Assert.Equal(4, Lines(MarkdownTable.Append(new(), table).ToString()).Length);
            }
        }));

        static string[] Lines(string text)
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
            Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || Turning.Contains(c, StringComparison.Ordinal));
            return text.Split('\n')[..^1];
        }
    }

    [Theory]
    [InlineData("a|b", "a\\|b")]
    [InlineData("<b>*_`[x](y)", "\\<b\\>\\*\\_\\`\\[x\\](y)")]
    [InlineData("two\r\nlines\u2028three", "two  lines three")]
    [InlineData("Ünïcode 日本", "Ünïcode 日本")]
    public void Markup_is_escaped(string text, string expected) => Assert.Equal(expected, MarkdownTable.Escape(text));

    [Theory]
    [InlineData("short", "short")]
    [InlineData("exactly ten", "exactly t…")]
    [InlineData("12345678\ud83d\ude00 and more", "12345678…")]
    public void Long_names_are_cut_between_characters(string name, string expected) => Assert.Equal(expected, TextTable.Shorten(name, 10));

    private static string Written(Table table) =>
        TextTable.Of(table) + MarkdownTable.Append(new(), table) + Markup.Write(table.ToElement(showCaption: true));
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests.Reporting;

/// <summary>The colours of both themes have the contrast that WCAG 2.2 asks for: 4.5 for text, 3 for what is drawn.</summary>
public sealed partial class ReportStyleTests
{
    private static readonly string Style = new ReportDocument(new CrossEntropyReport("x").ToHtml()).Elements("style").Single().Value;

    [Theory]
    [InlineData("ink", "page", 4.5)]
    [InlineData("ink", "card", 4.5)]
    [InlineData("muted", "page", 4.5)]
    [InlineData("muted", "card", 4.5)]
    [InlineData("warn", "warn-page", 4.5)]
    [InlineData("s1", "page", 4.5)]
    [InlineData("s2", "page", 3)]
    [InlineData("s3", "page", 3)]
    [InlineData("s4", "page", 3)]
    [InlineData("s5", "page", 3)]
    [InlineData("s6", "page", 3)]
    public void Contrast(string front, string back, double least)
    {
        foreach (var theme in Themes())
            Assert.InRange(Ratio(theme[front], theme[back]), least, 21);
    }

    /// <summary>A browser takes a style as it stands: a selector with the <c>&gt;</c> that XML writes as <c>&amp;gt;</c> selects nothing.</summary>
    [Fact]
    public void The_style_needs_no_escapes() =>
        Assert.DoesNotContain("&", Reports.All["empty"]().ToHtml().Split("<style>")[1].Split("</style>")[0], StringComparison.Ordinal);

    /// <summary>The text of a cell of the confusion matrix, over its tint of any strength.</summary>
    [Theory]
    [InlineData("s1")]
    [InlineData("s2")]
    public void Cells_are_readable_at_every_share(string tint)
    {
        foreach ((var theme, var strongest) in Themes().Zip(Tint().Matches(Style)))
        {
            var opacity = double.Parse(strongest.Groups[1].Value, CultureInfo.InvariantCulture);
            for (double share = 0; share <= 1; share += 0.01)
            {
                double[] cell = [.. theme[tint].Zip(theme["page"], (a, b) => share * opacity * a + (1 - share * opacity) * b)];
                Assert.InRange(Ratio(theme["ink"], cell), 4.5, 21);
            }
        }
    }

    [Fact]
    public void Print_is_light() => Assert.Contains("@media screen and (prefers-color-scheme: dark)", Style, StringComparison.Ordinal);

    private static Dictionary<string, double[]>[] Themes()
    {
        var parts = Style.Split("@media screen and (prefers-color-scheme: dark)");
        Assert.Equal(2, parts.Length);
        return [.. parts.Select(part => Colour().Matches(part).ToDictionary(m => m.Groups[1].Value, m => Channels(m.Groups[2].Value)))];
    }

    private static double[] Channels(string hex) =>
        [.. hex.Chunk(2).Select(c => int.Parse(c, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)];

    private static double Ratio(double[] one, double[] other)
    {
        (var x, var y) = (Luminance(one) + 0.05, Luminance(other) + 0.05);
        return Math.Max(x, y) / Math.Min(x, y);
    }

    private static double Luminance(double[] channels)
    {
        double[] linear = [.. channels.Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    [GeneratedRegex("--([a-z0-9-]+): #([0-9a-f]{6})")]
    private static partial Regex Colour();

    [GeneratedRegex(@"--tint: (\.\d+)")]
    private static partial Regex Tint();
}

using System.Globalization;
using System.Xml.Linq;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>A drawing with the words and the table that say the same.</summary>
/// <param name="Title">What is drawn.</param>
/// <param name="Description">What a reader who cannot see it should know.</param>
/// <param name="Note">How to read it.</param>
/// <param name="Svg">The drawing.</param>
/// <param name="Data">Its figures.</param>
internal sealed record Chart(string Title, string Description, string Note, XElement Svg, Table Data)
{
    /// <summary>The figure with its heading; <paramref name="id"/> must be its own within the page.</summary>
    public XElement ToElement(string id)
    {
        Svg.AddFirst(El("title", At("id", $"{id}-title"), Title), El("desc", At("id", $"{id}-desc"), Description));
        Svg.SetAttributeValue("role", "img");
        Svg.SetAttributeValue("aria-labelledby", $"{id}-title {id}-desc");
        return El(
            "figure",
            At("id", id),
            El("h3", Title),
            Svg,
            Note.Length > 0 ? El("figcaption", Note) : null,
            El("details", El("summary", "The figures as a table"), Data.ToElement(showCaption: false)));
    }
}

/// <summary>Numbers as the report writes them: the same for every culture, with a word for what is no number.</summary>
internal static class Figures
{
    public static string Loss(double value) => NumberFormat.Loss.OnPage(value);

    public static string Share(double value) => NumberFormat.Share.OnPage(value);

    public static string Percent(double value) => NumberFormat.Percent.OnPage(value);

    public static string Count(long value) => value.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Rows(long count) => count == 1 ? "1 row" : $"{Count(count)} rows";

    public static string Of(double value, string format) => NumberFormat.Of(format).OnPage(value);
}

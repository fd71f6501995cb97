using System.Globalization;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Numbers as the report writes them: the same for every culture, with a word for what is no number.</summary>
internal static class Figures
{
    public static string Loss(double value) => Of(value, "0.0000");

    public static string Share(double value) => Of(value, "0.0000");

    public static string Percent(double value) => Of(100 * value, "0.0") + (double.IsFinite(value) ? "%" : "");

    public static string Count(long value) => value.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Rows(long count) => count == 1 ? "1 row" : $"{Count(count)} rows";

    public static string Weight(double value) => Of(value, "#,##0.##");

    /// <summary>Four significant digits, for what may be tiny.</summary>
    public static string Probability(double value) => value is > 0 and < 0.001 ? Of(value, "0.###e+0") : Of(value, "0.0000");

    public static string Of(double value, string format) => value switch
    {
        double.NaN => "not defined",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        _ => value.ToString(format, CultureInfo.InvariantCulture),
    };
}

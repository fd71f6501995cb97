// Writes what a user can read - metrics, tables, JSON, pages, coefficients, errors - in the invariant culture and in others:
// WritesInCultures <culture> [<culture> ...]
// Where the system has no data of a culture, one made by hand takes its place. Prints a line a culture, its name and "system" or "by hand",
// then a line for each text that is not that of the invariant culture; at last the number of texts.
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var expected = Texts.All();
foreach (var name in args)
{
    var culture = Cultures.Of(name, out var isSystems);
    Console.WriteLine($"{name}: {(isSystems ? "system" : "by hand")}");
    CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
    CultureInfo.DefaultThreadCurrentCulture = culture;
    var written = Texts.All();
    CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    foreach ((var what, var text) in written)
    {
        if (text != expected[what])
            Console.WriteLine($"{name} changes {what}: {Cultures.FirstDifference(expected[what], text)}");
    }
}
Console.WriteLine($"texts: {expected.Count}");

internal static class Cultures
{
    /// <summary>A culture whose numbers or dates are not written as the invariant one writes them.</summary>
    public static CultureInfo Of(string name, out bool isSystems)
    {
        try
        {
            var culture = new CultureInfo(name);
            isSystems = string.Create(culture, $"{-1234.5:N1} {new DateTime(2001, 2, 3):d}") !=
                string.Create(CultureInfo.InvariantCulture, $"{-1234.5:N1} {new DateTime(2001, 2, 3):d}");
            if (isSystems)
                return culture;
        }
        catch (CultureNotFoundException)
        {
        }
        isSystems = false;
        var made = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var numbers = made.NumberFormat;
        numbers.NumberDecimalSeparator = numbers.PercentDecimalSeparator = numbers.CurrencyDecimalSeparator = ",";
        numbers.NumberGroupSeparator = numbers.PercentGroupSeparator = "\u00a0";
        numbers.NegativeSign = "\u2212";
        numbers.NaNSymbol = "¤¤¤";
        numbers.PositiveInfinitySymbol = "∞";
        numbers.NegativeInfinitySymbol = "\u2212∞";
        numbers.PercentPositivePattern = numbers.PercentNegativePattern = 0;
        made.DateTimeFormat.DateSeparator = ".";
        made.DateTimeFormat.TimeSeparator = ".";
        return made;
    }

    public static string FirstDifference(string expected, string text)
    {
        var at = expected.Zip(text).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"'{Around(expected)}' becomes '{Around(text)}'";

        string Around(string all) => all[Math.Max(at - 30, 0)..Math.Min(at + 30, all.Length)].ReplaceLineEndings(" ");
    }
}

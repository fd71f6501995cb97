using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>Refusals of arguments that every folder shares: what was wrong, what is allowed, what to do.</summary>
internal static class Throw
{
    /// <summary>Refuses two spans that must walk together but have different lengths.</summary>
    public static void IfLengthsDiffer(int expected, int actual, string expectedName, string actualName)
    {
        if (expected != actual)
            LengthsDiffer(expected, actual, expectedName, actualName);
    }

    /// <summary>Refuses an empty span.</summary>
    public static void IfEmpty(int length, string name)
    {
        if (length == 0)
            throw new ArgumentException($"'{name}' is empty; at least one element is needed.", name);
    }

    /// <summary>Refuses a number that is negative or not finite.</summary>
    public static double IfNegativeOrNotFinite(double value, string name)
    {
        if (!double.IsFinite(value) || value < 0)
            throw new ArgumentOutOfRangeException(name, Seen(value), $"'{name}' must be a finite number of at least 0.");
        return value;
    }

    /// <summary>Refuses a number outside [0, 1].</summary>
    public static double IfNotInUnitInterval(double value, string name)
    {
        if (value is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, Seen(value), $"'{name}' must be in [0, 1].");
        return value;
    }

    /// <summary>Refuses a number outside an open interval.</summary>
    public static void IfNotBetween(double value, double low, double high, string name)
    {
        if (!(value > low && value < high))
        {
            throw new ArgumentOutOfRangeException(
                name, Seen(value), $"'{name}' is {Seen(value)}; it must be greater than {Seen(low)} and less than {Seen(high)}.");
        }
    }

    /// <summary>A copy of <paramref name="values"/> (empty for null), refusing any that is negative or not finite.</summary>
    public static double[] IfAnyNegativeOrNotFinite(IReadOnlyList<double>? values, string name)
    {
        var copy = values?.ToArray() ?? [];
        for (var i = 0; i < copy.Length; i++)
        {
            if (!double.IsFinite(copy[i]) || copy[i] < 0)
                throw new ArgumentOutOfRangeException(name, Seen(copy[i]), $"'{name}[{i}]' must be a finite number of at least 0.");
        }
        return copy;
    }

    /// <summary>Refuses an enum value that has no name.</summary>
    public static void IfUndefined<TEnum>(TEnum value, string name)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }

    /// <summary>The first of the names, in quotes, and how many there are in all.</summary>
    public static string Listed(string[] names) =>
        string.Join(", ", names.Take(5).Select(Quoted)) + (names.Length > 5 ? $", ... ({names.Length} in all)" : "");

    /// <summary>A name or path of the caller's in quotes, as messages show it (<see cref="PlainText.Escape"/>).</summary>
    public static string Quoted(string? name) => $"'{PlainText.Escape(name ?? "")}'";

    /// <summary>A number as the invariant culture writes it: an exception would write it by the current one.</summary>
    public static string Seen(double value) => value.ToString(CultureInfo.InvariantCulture);

    [DoesNotReturn]
    private static void LengthsDiffer(int expected, int actual, string expectedName, string actualName) =>
        throw new ArgumentException(
            $"'{actualName}' has {actual} elements but '{expectedName}' has {expected}; give both the same length.", actualName);
}

/// <summary>Lets a value through or refuses it, with every refusal worded the same way.</summary>
internal static class Guard
{
    /// <summary>Returns <paramref name="value"/> when it is <paramref name="allowed"/>, and says what to do when it is not.</summary>
    /// <param name="value">The value seen.</param>
    /// <param name="isAllowed">Whether it is allowed; comparisons with NaN are false, so that NaN is refused.</param>
    /// <param name="name">The parameter's or property's name.</param>
    /// <param name="allowed">What is allowed, as in "a finite number above 0".</param>
    /// <param name="remedy">What to do, as a sentence without its full stop.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="isAllowed"/> is false.</exception>
    public static T Range<T>(T value, bool isAllowed, string name, string allowed, string remedy)
        where T : IFormattable
    {
        if (!isAllowed)
            Refuse(value, name, allowed, remedy);
        return value;
    }

    /// <summary>Returns a finite number of at least 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative or not finite.</exception>
    public static double NotNegative(double value, string name, string remedy) =>
        Range(value, double.IsFinite(value) && value >= 0, name, "a finite number of at least 0", remedy);

    /// <summary>Returns a finite number above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is 0, negative or not finite.</exception>
    public static double Positive(double value, string name, string remedy) =>
        Range(value, double.IsFinite(value) && value > 0, name, "a finite number above 0", remedy);

    private static void Refuse<T>(T value, string name, string allowed, string remedy)
        where T : IFormattable
    {
        // The exception would write a number by the current culture.
        var seen = value.ToString(null, CultureInfo.InvariantCulture);
        throw new ArgumentOutOfRangeException(name, seen, $"'{name}' is {seen}; it must be {allowed}. {remedy}.");
    }
}

using System.Globalization;

namespace MLNet.CrossEntropy.Numerics;

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
        var seen = value.ToString(null, CultureInfo.InvariantCulture);
        throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {seen}; it must be {allowed}. {remedy}.");
    }
}

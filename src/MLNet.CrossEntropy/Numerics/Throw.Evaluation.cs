namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    /// <summary>Refuses a number outside an open interval.</summary>
    public static void IfNotBetween(double value, double low, double high, string name)
    {
        if (!(value > low && value < high))
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}; it must be greater than {low} and less than {high}.");
    }

    public static string Listed(string[] names) =>
        string.Join(", ", names.Take(5).Select(n => $"'{n}'")) + (names.Length > 5 ? $", ... ({names.Length} in all)" : "");
}

using System.Globalization;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>What the classes of a model are called where they have no names.</summary>
internal static class ClassNames
{
    /// <summary>The one class that a binary model has coefficients for.</summary>
    private const string Positive = "positive";

    /// <summary>The given names, or the numbers of the classes counted from 0.</summary>
    public static IReadOnlyList<string> OrNumbers(LinearModel model, string[]? names)
        => names ?? (model.IsBinary ? [Positive] : Numbers(model.Biases.Length));

    /// <summary>The numbers of the classes, counted from 0.</summary>
    public static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(k => k.ToString(CultureInfo.InvariantCulture))];
}

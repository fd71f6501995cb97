using System.Text.Json.Nodes;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Numbers of an independent oracle; non-finite ones are written as strings, absent ones as null.</summary>
internal static class GoldenFile
{
    public static JsonNode Load(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name)))!;

    /// <summary>A number; NaN where the oracle has null.</summary>
    public static double Number(this JsonNode? node) => node switch
    {
        null => double.NaN,
        JsonValue value when value.TryGetValue(out string? text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        _ => node.GetValue<double>(),
    };

    public static double[] Numbers(this JsonNode? node) => [.. node!.AsArray().Select(Number)];

    public static double[][] Matrix(this JsonNode? node) => [.. node!.AsArray().Select(Numbers)];

    /// <summary>The numbers of an array of whatever depth, row by row, or of a single number.</summary>
    public static double[] Flat(this JsonNode? node) => node is JsonArray array ? [.. array.SelectMany(Flat)] : [node.Number()];

    /// <summary>As <see cref="Flat"/>, with null for the oracle's null.</summary>
    public static double[]? FlatOrNull(this JsonNode? node) => node is null ? null : node.Flat();
}

using System.Globalization;
using System.Text.Json;

namespace MLNet.Host.Tests;

/// <summary>What real ML.NET 5.0.0 answered, by the top-level name of each section ("e_splits", "d_transforms", …).</summary>
internal static class GoldenFile
{
    private static readonly Lazy<JsonElement> Root = new(() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "mlnet-5.0.0.json"))).RootElement);

    public static JsonElement Section(string name) => Root.Value.GetProperty(name);

    /// <summary>The number; non-finite ones are written as "NaN", "Infinity" and "-Infinity".</summary>
    public static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture)
        : element.GetDouble();

    public static float Single(this JsonElement element) => (float)element.Number();

    public static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(Number)];

    public static float[] Singles(this JsonElement array) => [.. array.EnumerateArray().Select(Single)];

    public static float[][] SingleRows(this JsonElement array) => [.. array.EnumerateArray().Select(Singles)];

    public static int[] Integers(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    public static string[] Texts(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}

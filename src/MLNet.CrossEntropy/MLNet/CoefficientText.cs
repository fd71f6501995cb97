using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Coefficients as text: a table to read, CSV and JSON to go on with.</summary>
internal static class CoefficientText
{
    private const int ShownFeatures = 10;
    private const int WidestName = 40;

    public static string Table(LinearCoefficients coefficients)
    {
        StringBuilder text = new();
        var scaled = coefficients.StandardDeviations is not null;
        foreach (var c in coefficients.Classes)
        {
            var top = c.Top(ShownFeatures);
            var width = Math.Clamp(top.Max(t => t.Feature.Length), "(bias)".Length, WidestName);
            text.Append(CultureInfo.InvariantCulture, $"class {c.Name}\n")
                .Append(CultureInfo.InvariantCulture, $"  {"(bias)".PadRight(width)}{c.Bias,14:G6}{(scaled ? "    x st. dev." : "")}\n");
            foreach (var t in top)
            {
                var name = t.Feature.Length > width ? $"{t.Feature[..(width - 1)]}…" : t.Feature;
                text.Append(CultureInfo.InvariantCulture, $"  {name.PadRight(width)}{t.Weight,14:G6}{(scaled ? $"{t.Importance,14:G4}" : "")}\n");
            }
            if (c.Weights.Count > top.Count)
                text.Append(CultureInfo.InvariantCulture, $"  ... and {c.Weights.Count - top.Count} more features\n");
        }
        return text.ToString();
    }

    public static string Csv(LinearCoefficients coefficients)
    {
        StringBuilder text = new();
        Line("feature", coefficients.Classes.Select(c => Quoted(c.Name)));
        Line("(bias)", coefficients.Classes.Select(c => Number(c.Bias)));
        for (var j = 0; j < coefficients.FeatureNames.Count; j++)
            Line(coefficients.FeatureNames[j], coefficients.Classes.Select(c => Number(c.Weights[j])));
        return text.ToString();

        void Line(string first, IEnumerable<string> rest) => text.Append(Quoted(first)).Append(',').AppendJoin(',', rest).Append('\n');
    }

    public static string Json(LinearCoefficients coefficients)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("features");
            foreach (var name in coefficients.FeatureNames)
                json.WriteStringValue(name);
            json.WriteEndArray();
            if (coefficients.StandardDeviations is { } deviations)
                Numbers(json, "standardDeviations", deviations);
            else
                json.WriteNull("standardDeviations");
            json.WriteStartArray("classes");
            foreach (var c in coefficients.Classes)
            {
                json.WriteStartObject();
                json.WriteString("name", c.Name);
                json.WriteNumber("bias", c.Bias);
                Numbers(json, "weights", c.Weights);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<float> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    // RFC 4180: a field with a comma, a quote or a line break stands in quotes, and quotes in it are doubled.
    private static string Quoted(string field)
        => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}

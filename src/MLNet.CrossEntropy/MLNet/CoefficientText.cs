using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Coefficients as text: a table to read, CSV and JSON to go on with.</summary>
internal static class CoefficientText
{
    private const int ShownFeatures = 10;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Text(LinearCoefficients coefficients)
    {
        StringBuilder text = new();
        foreach (var c in coefficients.Classes)
        {
            text.Append("class ").Append(PlainText.Clean(c.Name)).Append('\n');
            var table = TableOf(c, coefficients.StandardDeviations is not null);
            TextTable.Append(text, table, hasHeader: false, most: 1 + ShownFeatures, others: "features", indent: "  ");
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

    public static string Json(LinearCoefficients coefficients) => JsonSerializer.Serialize(
        new
        {
            features = coefficients.FeatureNames,
            standardDeviations = coefficients.StandardDeviations,
            classes = coefficients.Classes.Select(c => new { name = c.Name, bias = c.Bias, weights = c.Weights }),
        },
        JsonOptions);

    private static Table TableOf(ClassCoefficients c, bool isScaled)
    {
        Column[] columns = [new("feature"), new("weight", NumberFormat.Of("G6", 14)), new("x st. dev.", NumberFormat.Of("G4", 14))];
        Cell[] bias = ["(bias)", c.Bias, "x st. dev."];
        var features = c.Top(Math.Max(c.Weights.Count, 1)).Select(t => (Cell[])[t.Feature, t.Weight, t.Importance]);
        var kept = isScaled ? 3 : 2;
        return new($"Coefficients of {c.Name}", columns[..kept], [.. features.Prepend(bias).Select(row => row[..kept])]);
    }

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    // RFC 4180: a field with a comma, a quote or a line break stands in quotes, and quotes in it are doubled.
    private static string Quoted(string field)
        => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}

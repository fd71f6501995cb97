using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Metrics as JSON: each public property by its name in camelCase, numbers with all their digits, and "NaN", "Infinity" and
/// "-Infinity" as strings where JSON has no number for them.
/// </summary>
internal static class MetricsJson
{
    private static readonly JsonSerializerOptions Compact = Options(indented: false);
    private static readonly JsonSerializerOptions Indented = Options(indented: true);

    public static string Of(object metrics, bool indented) =>
        JsonSerializer.Serialize(metrics, metrics.GetType(), indented ? Indented : Compact);

    private static JsonSerializerOptions Options(bool indented)
    {
        DefaultJsonTypeInfoResolver resolver = new();
        resolver.Modifiers.Add(PutInheritedPropertiesFirst);
        return new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
            TypeInfoResolver = resolver,
            WriteIndented = indented,
        };
    }

    /// <summary>The common figures first, log-loss at their head, then those of a task.</summary>
    private static void PutInheritedPropertiesFirst(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider is not MemberInfo { DeclaringType: { } declaring })
                continue;
            for (var t = type.Type; t is not null && t != declaring; t = t.BaseType)
                property.Order--;
        }
    }
}

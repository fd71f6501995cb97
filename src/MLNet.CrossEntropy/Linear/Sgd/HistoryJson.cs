using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNet.CrossEntropy.Linear;

/// <summary>How histories are written as JSON: every number to its last digit, NaN and infinities by name, choices by name.</summary>
internal static class HistoryJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}

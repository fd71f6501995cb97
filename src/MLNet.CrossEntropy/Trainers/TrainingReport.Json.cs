using System.Text.Json;

namespace MLNet.CrossEntropy;

// A report as JSON, to be kept beside its model.
public sealed partial record TrainingReport
{
    private const string Format = "MLNet.CrossEntropy.TrainingReport";
    private const int Version = 1;

    /// <summary>
    /// The report as JSON: an object of <c>format</c> ("MLNet.CrossEntropy.TrainingReport"), <c>version</c> (1) and <c>report</c>, whose
    /// members are this type's, in camel case: <c>history</c> is an array of the epochs' reports, durations are "[d.]hh:mm:ss.fffffff",
    /// choices are names in camel case, and numbers that JSON lacks are "NaN" and "Infinity". Members may be added; none is renamed
    /// or taken away without another version.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(new Document(Format, Version, this), EpochReport.Json);

    /// <summary>The report that <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not JSON, not a training report, or of another version.</exception>
    public static TrainingReport FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var document = JsonSerializer.Deserialize<Document>(json, EpochReport.Json)!;
            return document is { Format: Format, Version: Version, Report: { } report }
                ? report
                : throw new FormatException($"The JSON is of format '{document?.Format}', version {document?.Version}; '{Format}', version {Version}, is needed.");
        }
        catch (JsonException error)
        {
            throw new FormatException($"The text is not a training report as JSON: {error.Message}", error);
        }
    }

    /// <summary>Writes <see cref="ToJson"/> to a file, for example beside the model.</summary>
    public void Save(string path) => File.WriteAllText(path, ToJson());

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The file is not a training report, or of another version.</exception>
    public static TrainingReport Load(string path) => FromJson(File.ReadAllText(path));

    private sealed record Document(string? Format, int Version, TrainingReport? Report);
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>How a fit went: what was read, what each epoch did, why it ended and how good the model is on its training rows.</summary>
public sealed record TrainingReport
{
    private const string Format = "MLNet.CrossEntropy.TrainingReport";
    private const int Version = 1;
    private const long MostBytes = 1 << 28;

    // A fit's report lives as long as its model. Fit itself keeps no state, so that one trainer can fit on many threads.
    private static readonly ConditionalWeakTable<object, TrainingReport> Reports = [];

    [JsonConstructor]
    internal TrainingReport()
    {
    }

    /// <summary>What became of the rows of the training data.</summary>
    [JsonInclude, JsonRequired]
    public TrainingRowCounts Rows { get; internal init; } = new();

    /// <summary>What became of the validation rows; null when there were none.</summary>
    [JsonInclude]
    public TrainingRowCounts? ValidationRows { get; internal init; }

    /// <summary>The epoch (from 1) of the lowest validation loss, whose model this is; null when none was evaluated.</summary>
    [JsonInclude]
    public int? BestEpoch { get; internal init; }

    /// <summary>The steps behind the model: those of this fit, and of the fits before it that it went on from.</summary>
    [JsonInclude]
    public long TotalSteps { get; internal init; }

    /// <summary>
    /// The learning rate at which SAGA settled, which a fit that goes on from the model does not exceed; null for another method.
    /// </summary>
    [JsonInclude]
    public double? SettledRate { get; internal init; }

    /// <summary>
    /// Whether the Brier score was minimised, in which the epochs' training losses and objectives then are; else they are in nats of
    /// cross-entropy.
    /// </summary>
    [JsonInclude]
    public bool MinimizedBrier { get; internal init; }

    /// <summary>The L2 penalty that was used.</summary>
    [JsonInclude, JsonRequired]
    public double L2Regularization { get; internal init; }

    /// <summary>The L1 penalty that was used.</summary>
    [JsonInclude]
    public double L1Regularization { get; internal init; }

    /// <summary>
    /// The penalties that were tried, each kind from strong to weak; null where they were given, or the rows too few to hold any out.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<PenaltyTrial>? PenaltyPath { get; internal init; }

    /// <summary>The seed that was used: given as an option it repeats the fit exactly.</summary>
    [JsonInclude, JsonRequired]
    public int Seed { get; internal init; }

    /// <summary>One report for each epoch, in order.</summary>
    [JsonInclude, JsonRequired]
    public IReadOnlyList<EpochReport> History { get; internal init; } = [];

    /// <summary>The steps that a checkpoint had already taken; null for a fit from the beginning.</summary>
    [JsonInclude]
    public long? ResumedFromStep { get; internal init; }

    /// <summary>About how many bytes of memory the fit needed, as estimated before it began; null in a report that does not say.</summary>
    [JsonInclude]
    public long? EstimatedMemoryBytes { get; internal init; }

    /// <summary>Why the fit ended.</summary>
    [JsonInclude, JsonRequired]
    public StopReason StopReason { get; internal init; }

    /// <summary>How good the model is on its training rows: objective, gradient norm, distance from the optimum.</summary>
    [JsonInclude, JsonRequired]
    public OptimalityCertificate Certificate { get; internal init; } = null!;

    /// <summary>What the log warned of that bears on the model, such as features with values absurdly far from all others.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>
    /// The report of the fit that made <paramref name="model"/>, a transformer or a chain of them, such as a fitted pipeline: the last
    /// fit's,
    /// where there were several. Null for a model that was loaded, or made by another trainer.
    /// </summary>
    public static TrainingReport? Of(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return TransformerPath.Leaves(model).Reverse()
            .Select(leaf => leaf.Transformer is IPredictionTransformer<object> prediction ? OfModel(prediction.Model) : null)
            .FirstOrDefault(report => report is not null);
    }

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
                ? report.HasSense
                    ? report
                    : throw new FormatException("The training report makes no sense: its epochs must be numbered from 1, its best epoch be "
                        + "one of them, and no time or number of rows be negative.")
                : throw new FormatException(
                    $"The JSON is of format {Throw.Quoted(document?.Format)}, version {document?.Version}; {Throw.Quoted(Format)}, "
                        + $"version {Version}, is needed.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"The text is not a training report as JSON: {error.Message}", error);
        }
    }

    /// <summary>Writes <see cref="ToJson"/> to a file, for example beside the model.</summary>
    public void Save(string path) => File.WriteAllText(path, ToJson());

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The file is not a training report, or of another version.</exception>
    public static TrainingReport Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return CheckpointFile.LengthOf(path) is > 0 and <= MostBytes
            ? FromJson(File.ReadAllText(path))
            : throw new FormatException($"{Throw.Quoted(path)} is no training report: it is empty, or of more than {MostBytes} bytes.");
    }

    /// <summary>Whether its numbers could be those of a fit.</summary>
    private bool HasSense => History.All(epoch => epoch is not null)
        && History.Select((epoch, i) => epoch.Epoch == i + 1 && epoch.Elapsed >= TimeSpan.Zero).All(isGood => isGood)
        && (BestEpoch is null || (BestEpoch >= 1 && BestEpoch <= History.Count))
        && Rows.AreCounts && ValidationRows?.AreCounts != false;

    internal static TrainingReport? OfModel(object model) => Reports.TryGetValue(model, out var report) ? report : null;

    internal void Describes(object model) => Reports.Add(model, this);

    private sealed record Document(string? Format, int Version, TrainingReport? Report);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(TrainingReport), PrintMembers);
}

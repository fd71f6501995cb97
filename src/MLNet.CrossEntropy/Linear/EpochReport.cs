using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What one epoch (one pass over the training rows) did.</summary>
public sealed record EpochReport
{
    [JsonConstructor]
    internal EpochReport()
    {
    }

    /// <summary>The epoch's number, counted from 1.</summary>
    [JsonInclude]
    public int Epoch { get; internal init; }

    /// <summary>How many epochs the fit will run at most.</summary>
    [JsonInclude]
    public int MaximumEpochs { get; internal init; }

    /// <summary>Steps (mini-batches) taken since the fit began.</summary>
    [JsonInclude]
    public long Steps { get; internal init; }

    /// <summary>The learning rate of the epoch's last step.</summary>
    [JsonInclude]
    public double LearningRate { get; internal init; }

    /// <summary>
    /// The weighted mean training loss (cross-entropy: nats) of the epoch's rows, each evaluated with the weights just before the step that
    /// used it: a running figure that costs nothing, a little above the loss at the epoch's end.
    /// </summary>
    [JsonInclude]
    public double TrainingLoss { get; internal init; }

    /// <summary>The epoch's <see cref="TrainingLoss"/> plus the penalties of the weights at its end: what the fit minimises.</summary>
    [JsonInclude]
    public double Objective { get; internal init; }

    /// <summary>
    /// The weighted log-loss (nats) of the validation rows at the epoch's end, neither smoothed nor penalised; null without validation
    /// rows.
    /// </summary>
    [JsonInclude]
    public double? ValidationLoss { get; internal init; }

    /// <summary>The standard error of <see cref="ValidationLoss"/>, NaN for a single row; null without validation rows.</summary>
    [JsonInclude]
    public double? ValidationStandardError { get; internal init; }

    /// <summary>Wall-clock time since the fit began.</summary>
    [JsonInclude]
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>The time that the rest will take if every epoch runs, and takes as long as those so far.</summary>
    public TimeSpan TimeLeft
    {
        get
        {
            var seconds = Elapsed.TotalSeconds * ((double)MaximumEpochs - Epoch) / Epoch;
            return seconds > 0 ? TimeSpan.FromSeconds(Math.Min(TimeSpan.MaxValue.TotalSeconds / 2, seconds)) : TimeSpan.Zero;
        }
    }

    /// <summary>How histories are written as JSON: every number to its last digit, NaN and infinities by name, choices by name.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(EpochReport), PrintMembers);
}

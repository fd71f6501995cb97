using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What became of the rows a trainer was given: nothing is dropped in silence.</summary>
public sealed record TrainingRowCounts
{
    [JsonConstructor]
    internal TrainingRowCounts()
    {
    }

    /// <summary>Rows there were.</summary>
    public long Seen => Used + Skipped + ZeroWeight;

    /// <summary>Rows that were used.</summary>
    [JsonInclude]
    public long Used { get; internal init; }

    /// <summary>Rows skipped because their label is missing.</summary>
    [JsonInclude]
    public long MissingLabel { get; internal init; }

    /// <summary>
    /// Rows skipped because their label is none of the classes: a key value beyond the count, or, of validation rows, one that no
    /// training row has.
    /// </summary>
    [JsonInclude]
    public long UnknownLabel { get; internal init; }

    /// <summary>Rows skipped because a feature is NaN.</summary>
    [JsonInclude]
    public long NaNFeature { get; internal init; }

    /// <summary>Rows skipped because a feature is infinite.</summary>
    [JsonInclude]
    public long InfiniteFeature { get; internal init; }

    /// <summary>Rows left out because their example weight is 0.</summary>
    [JsonInclude]
    public long ZeroWeight { get; internal init; }

    /// <summary>Rows that could not be used.</summary>
    public long Skipped => MissingLabel + UnknownLabel + NaNFeature + InfiniteFeature;

    /// <summary>Whether none is negative, nor so large that their sum would be.</summary>
    internal bool AreCounts => Array.TrueForAll(
        [Used, MissingLabel, UnknownLabel, NaNFeature, InfiniteFeature, ZeroWeight], count => count is >= 0 and <= long.MaxValue / 8);

    /// <summary>The kinds of rows that were not used, each with its count; empty when all were.</summary>
    internal string DescribeUnused()
    {
        (long Count, string Kind)[] kinds =
        [
            (MissingLabel, "with a missing label"),
            (UnknownLabel, "with a label of an unknown class"),
            (NaNFeature, "with a NaN feature"),
            (InfiniteFeature, "with an infinite feature"),
            (ZeroWeight, "of weight 0"),
        ];
        return string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Kind}"));
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(TrainingRowCounts), PrintMembers);
}

namespace MLNet.CrossEntropy;

/// <summary>What became of the rows a trainer was given: nothing is dropped in silence.</summary>
public sealed record TrainingRowCounts
{
    /// <summary>Rows there were.</summary>
    public long Seen => Used + Skipped + ZeroWeight;

    /// <summary>Rows that were used.</summary>
    public long Used { get; init; }

    /// <summary>Rows skipped because their label is missing.</summary>
    public long MissingLabel { get; init; }

    /// <summary>Validation rows skipped because no training row has their label, or no class of the training data is called so.</summary>
    public long UnknownLabel { get; init; }

    /// <summary>Rows skipped because a feature is NaN.</summary>
    public long NaNFeature { get; init; }

    /// <summary>Rows skipped because a feature is infinite.</summary>
    public long InfiniteFeature { get; init; }

    /// <summary>Rows left out because their example weight is 0.</summary>
    public long ZeroWeight { get; init; }

    /// <summary>Rows that could not be used.</summary>
    public long Skipped => MissingLabel + UnknownLabel + NaNFeature + InfiniteFeature;

    /// <summary>The kinds of rows that were not used, each with its count; empty when all were.</summary>
    internal string DescribeUnused()
    {
        (long Count, string Kind)[] kinds =
        [
            (MissingLabel, "with a missing label"),
            (UnknownLabel, "with a label that no training row has"),
            (NaNFeature, "with a NaN feature"),
            (InfiniteFeature, "with an infinite feature"),
            (ZeroWeight, "of weight 0"),
        ];
        return string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Kind}"));
    }
}

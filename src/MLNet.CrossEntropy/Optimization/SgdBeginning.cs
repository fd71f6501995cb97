namespace MLNet.CrossEntropy.Optimization;

/// <summary>What is known of a fit before its long work begins.</summary>
internal sealed record SgdBeginning
{
    /// <summary>Validation rows that are not judged, because no training row has their class.</summary>
    public required long UnknownValidationRows { get; init; }
}

namespace MLNet.CrossEntropy.Linear;

/// <summary>What is known of a fit before its long work begins.</summary>
internal sealed record SgdBeginning
{
    /// <summary>How it will go.</summary>
    public required SgdPlan Plan { get; init; }

    /// <summary>About how many bytes it will take.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Validation rows that are not judged, because no training row has their class.</summary>
    public required long UnknownValidationRows { get; init; }
}

namespace MLNet.CrossEntropy.Linear;

/// <summary>Where and how often a fit is saved, to be taken up again.</summary>
internal sealed record CheckpointOptions
{
    /// <summary>The file; the one before it is kept beside it as <c>.previous</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Saves after so many epochs; null never does.</summary>
    public int? EveryEpochs { get; init; }

    /// <summary>Saves after so many steps; null never does.</summary>
    public long? EverySteps { get; init; }

    /// <summary>Saves when so much time has passed since the last time; null never does.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Told of what goes wrong without ending the fit.</summary>
    public Action<string>? Warn { get; init; }
}

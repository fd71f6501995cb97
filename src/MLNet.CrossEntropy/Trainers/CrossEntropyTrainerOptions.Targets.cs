namespace MLNet.CrossEntropy;

/// <summary>What a trainer does with its labels.</summary>
public abstract partial class CrossEntropyTrainerOptions
{
    /// <summary>The checks of a trainer's own options about its labels.</summary>
    private protected virtual IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() => [];

    /// <summary>Makes a copy's lists its own, so that the caller may change theirs.</summary>
    private protected virtual void CopyTargets()
    {
    }
}

namespace MLNet.CrossEntropy;

/// <summary>A valid row as the accumulators see it.</summary>
internal readonly ref struct EvaluatedRow
{
    /// <summary>The index of the true class.</summary>
    public required int Label { get; init; }

    /// <summary>The index of the class predicted: the most probable, the lowest of equals.</summary>
    public required int Predicted { get; init; }

    /// <summary>The row's weight, greater than 0.</summary>
    public required double Weight { get; init; }

    /// <summary>-ln of the true class's probability, unclipped; it may be infinite.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss counts as clipped: the probability lay below the floor.</summary>
    public required bool IsClipped { get; init; }

    /// <summary>The probability of each class.</summary>
    public required ReadOnlySpan<double> Probabilities { get; init; }
}

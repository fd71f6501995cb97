namespace MLNet.CrossEntropy;

/// <summary>A valid row as the accumulators see it. With a hard label, <see cref="Target"/> is empty.</summary>
internal readonly ref struct EvaluatedRow
{
    /// <summary>The row's position in the evaluated data, counted from 0.</summary>
    public long Row { get; init; }

    /// <summary>The index of the true class; -1 for a soft label.</summary>
    public required int Label { get; init; }

    /// <summary>A soft label: the share of each class, summing to 1.</summary>
    public ReadOnlySpan<double> Target { get; init; }

    /// <summary>The index of the class predicted: the most probable, the lowest of equals.</summary>
    public required int Predicted { get; init; }

    /// <summary>The row's weight, greater than 0.</summary>
    public required double Weight { get; init; }

    /// <summary>-sum_k p_k ln q_k, without a floor; it may be infinite.</summary>
    public required double Loss { get; init; }

    /// <summary>The same with a floor under q; smaller than <see cref="Loss"/> just where the row is clipped.</summary>
    public required double ClippedLoss { get; init; }

    /// <summary>The probability q of each class.</summary>
    public required ReadOnlySpan<double> Probabilities { get; init; }

    /// <summary>1 - q of each class, without cancellation where the scores are logits.</summary>
    public required ReadOnlySpan<double> Complements { get; init; }

    /// <summary>-ln q of each class; filled for soft labels only.</summary>
    public ReadOnlySpan<double> ClassLosses { get; init; }

    /// <summary>The scores themselves, which rank classes even where probabilities underflow; empty for a binary model.</summary>
    public ReadOnlySpan<float> Scores { get; init; }

    public bool IsSoft => !Target.IsEmpty;

    /// <summary>The share of a class in the label: 0 or 1 for a hard one.</summary>
    public double TargetOf(int k) => IsSoft ? Target[k] : k == Label ? 1 : 0;
}

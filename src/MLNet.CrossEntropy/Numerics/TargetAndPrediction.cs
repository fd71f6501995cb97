using System.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// What should have been, or the true distribution P. A type of its own, so that target and prediction in the wrong order do not
/// compile: cross-entropy is not symmetric, and the wrong order gives a number that looks right.
/// </summary>
public readonly ref struct Target<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The numbers <paramref name="values"/> as a target.</summary>
    public Target(ReadOnlySpan<T> values) => Values = values;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<T> Values { get; }
}

/// <summary>What a model predicted, its distribution Q. A type of its own for the reason that <see cref="Target{T}"/> is one.</summary>
public readonly ref struct Prediction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The probabilities <paramref name="values"/> as a prediction.</summary>
    public Prediction(ReadOnlySpan<T> values) => Values = values;

    /// <summary>The probabilities.</summary>
    public ReadOnlySpan<T> Values { get; }
}

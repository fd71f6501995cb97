using System.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Names a span as the target: what should have been, or the true distribution P.</summary>
public static class Target
{
    /// <summary>The numbers <paramref name="values"/> as a target.</summary>
    public static Target<T> Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(values);
}

/// <summary>
/// What should have been. A type of its own, so that target and prediction in the wrong order do not compile: cross-entropy
/// is not symmetric, and the wrong order gives a number that looks right.
/// </summary>
public readonly ref struct Target<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal Target(ReadOnlySpan<T> values) => Values = values;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<T> Values { get; }
}

/// <summary>Names a span as the prediction: the model's distribution Q.</summary>
public static class Prediction
{
    /// <summary>The probabilities <paramref name="values"/> as a prediction.</summary>
    public static Prediction<T> Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(values);
}

/// <summary>What a model predicted. A type of its own for the reason that <see cref="Target{T}"/> is one.</summary>
public readonly ref struct Prediction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal Prediction(ReadOnlySpan<T> values) => Values = values;

    /// <summary>The probabilities.</summary>
    public ReadOnlySpan<T> Values { get; }
}

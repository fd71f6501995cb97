using System.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>What a caller of a batch function asked for: the weights of rows or cells, how to reduce, and where results go.</summary>
/// <param name="weights">One for each row or cell; empty for 1 each. For cells also one for each output, used again for every row.</param>
/// <param name="reduction">How the rows' losses become the answer.</param>
/// <param name="gradient">As long as the logits, or empty where no gradient is wanted.</param>
/// <param name="losses">One for each row or cell, or empty where they are not wanted.</param>
internal readonly ref struct BatchOutput<T>(ReadOnlySpan<double> weights, Reduction reduction, Span<T> gradient, Span<T> losses)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public ReadOnlySpan<double> Weights { get; } = weights;

    public Reduction Reduction { get; } = reduction;

    public Span<T> Gradient { get; } = gradient;

    public Span<T> Losses { get; } = losses;
}

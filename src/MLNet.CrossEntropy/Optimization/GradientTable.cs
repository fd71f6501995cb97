namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// What SAGA remembers of every row: the gradient of its weighted loss in its K logits when it was last seen, from which, for a
/// linear model, the gradient in the weights follows. All begin at 0, which is as valid a memory as any.
/// </summary>
internal sealed class GradientTable(int rows, int outputs, double totalWeight) : IDisposable
{
    private readonly NativeBuffer<float> _errors = new((long)rows * outputs);

    /// <summary>The factor from a sum over a batch of n rows to an unbiased estimate of the mean gradient.</summary>
    public float EstimateFactor(int count) => (float)(rows / (totalWeight * count));

    /// <summary>The factor from a row's gradient to its part of the mean gradient.</summary>
    public float MeanFactor { get; } = (float)(1 / totalWeight);

    /// <summary>
    /// Takes the batch's new gradients in place of the old ones and leaves the differences, new minus old, in
    /// <paramref name="errors"/> <c>[count, outputs]</c>, which come in multiplied by <paramref name="scale"/>.
    /// </summary>
    public void Replace(ReadOnlySpan<int> batch, NativeBuffer<float> errors, float scale)
    {
        for (var r = 0; r < batch.Length; r++)
        {
            var fresh = errors.Span((long)r * outputs, outputs);
            var known = _errors.Span((long)batch[r] * outputs, outputs);
            for (var k = 0; k < outputs; k++)
            {
                var error = scale * fresh[k];
                fresh[k] = error - known[k];
                known[k] = error;
            }
        }
    }

    public void Dispose() => _errors.Dispose();
}

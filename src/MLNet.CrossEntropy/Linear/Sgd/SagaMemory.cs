using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What SAGA remembers: of every row the gradient of its weighted loss in its K logits when it was last seen, from which, for a
/// linear model, the gradient in the weights follows; and the mean of these over all rows, in the parameters' own order. All begin at 0,
/// which is as valid a memory as any.
/// </summary>
/// <param name="rows">How many rows there are.</param>
/// <param name="outputs">K.</param>
/// <param name="totalWeight">The sum of the rows' weights.</param>
/// <param name="parameters">The length of the mean gradient.</param>
/// <param name="shares">Of a cluster, the shares, of which each rank remembers its own rows.</param>
internal sealed class SagaMemory(long rows, int outputs, double totalWeight, int parameters, RowShares? shares = null) : IDisposable
{
    private readonly NativeBuffer<float> _errors = new((shares?.Own.Rows ?? rows) * outputs);

    /// <summary>The mean gradient over all rows, as remembered.</summary>
    public NativeBuffer<float> Mean { get; } = new(parameters);

    /// <summary>The factor from a row's gradient to its part of the mean gradient.</summary>
    public float MeanFactor { get; } = (float)(1 / totalWeight);

    /// <summary>The factor from a sum over a batch of n rows to an unbiased estimate of the mean gradient.</summary>
    public float EstimateFactor(int count) => (float)(rows / (totalWeight * count));

    /// <summary>
    /// Takes a row's new gradient in place of the old one and leaves the difference, new minus old, in <paramref name="errors"/>
    /// <c>[outputs]</c>.
    /// </summary>
    public void Replace(int row, Span<float> errors)
    {
        var known = _errors.Span((long)row * outputs, outputs);
        for (var k = 0; k < known.Length; k++)
        {
            var error = errors[k];
            errors[k] = error - known[k];
            known[k] = error;
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        _errors.Clear();
        Mean.Clear();
    }

    public void Serialize(StateStream state)
    {
        if (shares is null)
            state.Values(_errors);
        else
            shares.Serialize(state, _errors, outputs);
        state.Values(Mean);
    }

    public void Dispose()
    {
        _errors.Dispose();
        Mean.Dispose();
    }
}

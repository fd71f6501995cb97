using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Turns what the logits of some rows are into the errors that their features are multiplied with, in place.</summary>
/// <param name="first">The first of the rows, which follow each other.</param>
/// <param name="values">Their logits <c>[rows, outputs]</c> in (zeros where none were asked for), their errors out.</param>
internal delegate void RowMap(int first, Span<float> values);

/// <summary>
/// The two products with rows X that a second-order step is made of, logits <c>Z = X V' + c</c> and gradients <c>G = D' X</c>, both in
/// one pass over the rows. The order of every sum is fixed by the rows alone, never by the threads.
/// </summary>
internal abstract class RowProducts(int outputs, WorkerTeam team) : IDisposable
{
    /// <summary>The sums of the errors of the last pass, <c>[outputs]</c>.</summary>
    public double[] BiasGradient { get; } = new double[outputs];

    protected int Outputs { get; } = outputs;

    protected WorkerTeam Team { get; } = team;

    protected float[] Biases { get; } = new float[outputs];

    /// <summary>Sets the model whose logits are computed: raw weights <c>[outputs, features]</c> and biases <c>[outputs]</c>.</summary>
    public void SetModel(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        SetWeights(weights);
        biases.CopyTo(Biases);
    }

    /// <summary>Writes the logits of the rows <c>[from, to)</c> to <paramref name="logits"/>, <c>[to - from, outputs]</c>.</summary>
    public abstract unsafe void ComputeLogits(RowSet rows, int from, int to, float* logits);

    /// <summary>
    /// One pass over all rows: what <paramref name="map"/> makes of them is multiplied with its features and summed into
    /// <paramref name="gradient"/>, <c>[outputs, features]</c>, and <see cref="BiasGradient"/>.
    /// </summary>
    public abstract void Pass(RowSet rows, bool withLogits, RowMap map, double[] gradient);

    public abstract void Dispose();

    protected abstract void SetWeights(ReadOnlySpan<float> weights);
}

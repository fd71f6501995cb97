using System.Diagnostics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The raw weights and biases of a linear model, in the order that the kernels want. Dense: <c>[outputs, stride]</c>, the stride being
/// whole slices of features, with zeros behind the last. Sparse: <c>[features, outputs]</c>, so that one non-zero touches one run of
/// memory.
/// </summary>
internal sealed unsafe class LinearWeights : IDisposable
{
    /// <summary>Features of a slice, a thread's least share of a dense row.</summary>
    public const int SliceFeatures = 32;

    private readonly NativeBuffer<float> _values;

    public LinearWeights(int outputs, int features, bool isSparse)
    {
        (Outputs, Features, IsSparse) = (outputs, features, isSparse);
        Stride = isSparse ? features : (features + SliceFeatures - 1) / SliceFeatures * SliceFeatures;
        _values = new NativeBuffer<float>((long)outputs * Stride);
        Biases = new float[outputs];
    }

    public int Outputs { get; }

    public int Features { get; }

    public bool IsSparse { get; }

    /// <summary>Dense: floats from one output's weights to the next's.</summary>
    public int Stride { get; }

    /// <summary>All weights, in the kernels' order.</summary>
    public Span<float> Values => _values.AsSpan();

    public float[] Biases { get; }

    /// <summary>The weight of output k and feature j.</summary>
    public ref float this[int k, int j] => ref _values[Place(k, j)];

    /// <inheritdoc cref="NativeBuffer{T}.At"/>
    public float* At(long start, long length) => _values.At(start, length);

    /// <summary>Where the weight of output k and feature j is.</summary>
    public long Place(int k, int j)
    {
        Debug.Assert((uint)k < (uint)Outputs && (uint)j < (uint)Features);
        return IsSparse ? (long)j * Outputs + k : (long)k * Stride + j;
    }

    /// <summary>Takes over weights <c>[outputs, features]</c>, null for zeros, and biases.</summary>
    public void Set(float[]? weights, ReadOnlySpan<float> biases)
    {
        Values.Clear();
        for (var k = 0; weights is not null && k < Outputs; k++)
        {
            for (var j = 0; j < Features; j++)
                this[k, j] = weights[(long)k * Features + j];
        }

        biases.CopyTo(Biases);
    }

    /// <summary>Adds a share of the weights to some <c>[outputs, features]</c>, and of the biases.</summary>
    public void AddTo(float[] weights, float[] biases, float share = 1)
    {
        for (var k = 0; k < Outputs; k++)
        {
            for (var j = 0; j < Features; j++)
                weights[(long)k * Features + j] += share * this[k, j];
            biases[k] += share * Biases[k];
        }
    }

    /// <summary>Takes over those of another model of the same shape.</summary>
    public void CopyFrom(LinearWeights other)
    {
        other.Values.CopyTo(Values);
        other.Biases.CopyTo(Biases, 0);
    }

    public void Serialize(StateStream state)
    {
        state.Values(_values);
        state.Values(Biases.AsSpan());
    }

    public void Dispose() => _values.Dispose();
}

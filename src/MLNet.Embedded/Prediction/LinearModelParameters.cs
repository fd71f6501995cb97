using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>score = w x + b.</summary>
public abstract class LinearModelParameters : ModelParametersBase<float>
{
    private readonly float[] _weights;

    private protected LinearModelParameters(IHostEnvironment env, in VBuffer<float> weights, float bias)
    {
        ArgumentNullException.ThrowIfNull(env);
        foreach (float weight in weights.GetValues())
            Check.Param(float.IsFinite(weight), nameof(weights), weight, "must all be finite");
        Check.Param(float.IsFinite(bias), nameof(bias), bias, "must be finite");
        _weights = weights.DenseValues().ToArray();
        Bias = bias;
    }

    public IReadOnlyList<float> Weights => Array.AsReadOnly(_weights);

    public float Bias { get; protected set; }

    internal float Score(in VBuffer<float> features) => Bias + VectorKernels.Dot(features, _weights);

    private protected ReadOnlySpan<float> WeightSpan => _weights;
}

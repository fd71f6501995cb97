using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>W x + b, scores that are no probabilities.</summary>
public sealed class LinearMulticlassModelParameters : LinearMulticlassModelParametersBase
{
    internal LinearMulticlassModelParameters(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int numClasses, int numFeatures, string[] labelNames, ModelStatisticsBase stats = null)
        : base(env, weights, bias, numClasses, numFeatures, labelNames, stats)
    {
    }

    internal LinearMulticlassModelParameters(ModelLoadContext ctx)
        : base(ctx, ctx.Reader.ReadInt32())
    {
    }

    private protected override string Kind => ModelKinds.LinearMulticlass;

    private protected override void Calibrate(Span<float> scores)
    {
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>softmax(W x + b).</summary>
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    // Scores this far below the greatest add nothing to the sum in Single.
    private const float NegligibleBelow = 30;

    internal MaximumEntropyModelParameters(
        IHostEnvironment env, VBuffer<float>[] weights, float[] bias, int numClasses, int numFeatures, string[] labelNames, ModelStatisticsBase stats = null)
        : base(env, weights, bias, numClasses, numFeatures, labelNames, stats)
    {
    }

    internal MaximumEntropyModelParameters(ModelLoadContext ctx)
        : base(ctx, ctx.Reader.ReadInt32())
    {
    }

    private protected override string Kind => ModelKinds.MaximumEntropy;

    private protected override void Calibrate(Span<float> scores)
    {
        float logSumExp = LogSumExp(scores);
        for (int i = 0; i < scores.Length; i++)
            scores[i] = (float)Math.Exp(scores[i] - logSumExp);
    }

    private static float LogSumExp(ReadOnlySpan<float> scores)
    {
        int top = -1;
        float max = float.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > max)
                (top, max) = (i, scores[i]);
        }

        double others = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (i != top && scores[i] > max - NegligibleBelow)
                others += Math.Exp(scores[i] - max);
        }

        return (float)(max + Math.Log(1 + others));
    }
}

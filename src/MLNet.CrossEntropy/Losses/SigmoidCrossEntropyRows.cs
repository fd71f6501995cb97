using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Internals;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Sigmoid cross-entropy of one output with labels 0 and 1, a row in each lane of a vector: with t the logit for a 1 and its negative for a 0,
/// l = w softplus(-t) = w (max(-t, 0) + log1p(exp(-|t|))) and dl/dt = -w sigmoid(-t), w being the weight of a positive or 1.
/// </summary>
internal static class SigmoidCrossEntropyRows
{
    /// <summary>Computes all rows, of one output each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(HardLabelRows rows, float positiveWeight)
    {
        Span<float> signs = stackalloc float[Vector256<float>.Count], weights = stackalloc float[Vector256<float>.Count];
        Span<float> logits = stackalloc float[Vector256<float>.Count], slopes = stackalloc float[Vector256<float>.Count];
        Span<float> losses = stackalloc float[Vector256<float>.Count];
        for (var start = 0; start < rows.Labels.Length; start += Vector256<float>.Count)
        {
            var count = Math.Min(Vector256<float>.Count, rows.Labels.Length - start);
            rows.Logits.Slice(start, count).CopyTo(logits);
            for (var lane = 0; lane < count; lane++)
            {
                var label = rows.Labels[start + lane];
                if (label > 1)
                    Throw.LabelOutOfRange(label, 2);
                signs[lane] = label == 1 ? 1 : -1;
                weights[lane] = label < 0 ? 0 : label == 1 ? positiveWeight : 1;
                rows.TargetWeights[start + lane] = label < 0 ? 0 : 1;
            }

            var sign = Vector256.Create<float>(signs);
            var weight = Vector256.Create<float>(weights);
            // A row of weight 0, such as one without a label, counts for nothing, whatever its logit.
            var counts = Vector256.GreaterThan(weight, Vector256<float>.Zero);
            var t = sign * Vector256.Create<float>(logits);
            var term = VectorMath.Exp(-Vector256.Abs(t));
            var larger = weight / (Vector256<float>.One + term);
            var slope = Vector256.ConditionalSelect(Vector256.GreaterThan(t, Vector256<float>.Zero), larger * term, larger);
            (-sign * slope & counts).CopyTo(slopes);
            (weight * (Vector256.Max(-t, Vector256<float>.Zero) + VectorMath.Log1P(term)) & counts).CopyTo(losses);
            slopes[..count].CopyTo(rows.Gradients[start..]);
            for (var lane = 0; lane < count; lane++)
                rows.Losses[start + lane] = losses[lane];
        }
    }
}

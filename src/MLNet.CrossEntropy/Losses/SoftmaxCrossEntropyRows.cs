using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Softmax cross-entropy of rows with hard labels y, a row in each lane of a vector: l = w (log1p(o) + m - z_y) and
/// dl/dz = w (e / (1 + o) - p), with m the largest logit, e_k = exp(z_k - m) and o the sum of all e_k but the largest. The largest
/// is kept apart as in <see cref="SoftmaxTerms"/>: where it is the label's, its slope is -w o / (1 + o), which keeps its digits.
/// </summary>
internal static unsafe class SoftmaxCrossEntropyRows
{
    /// <summary>Rows of more classes are long enough for vectors along the row.</summary>
    public const int MostClasses = 64;

    private const int Lanes = 8;

    /// <summary>Computes all rows; there must be at most <see cref="MostClasses"/> classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(HardLabelRows rows, ReadOnlySpan<double> classWeights)
    {
        var classes = rows.Outputs;
        var terms = stackalloc float[MostClasses * Lanes];
        var targetLogits = stackalloc float[Lanes];
        var weights = stackalloc float[Lanes];
        var slopes = stackalloc float[Lanes];
        var losses = stackalloc float[Lanes];
        for (var start = 0; start < rows.Labels.Length; start += Lanes)
        {
            var count = Math.Min(Lanes, rows.Labels.Length - start);
            fixed (float* logits = rows.Logits[(start * classes)..])
            {
                for (var lane = 0; lane < Lanes; lane++)
                {
                    // Lanes without a row repeat the last one.
                    var row = Math.Min(lane, count - 1);
                    for (var k = 0; k < classes; k++)
                        terms[k * Lanes + lane] = logits[row * classes + k];
                    var label = rows.Labels[start + row];
                    if (label >= classes)
                        Throw.LabelOutOfRange(label, classes);
                    targetLogits[lane] = logits[row * classes + Math.Max(label, 0)];
                    weights[lane] = label < 0 ? 0 : classWeights.IsEmpty ? 1 : (float)classWeights[label];
                }
            }

            ComputeLanes(terms, classes, targetLogits, weights, slopes, losses);
            fixed (float* gradients = rows.Gradients[(start * classes)..])
            {
                for (var lane = 0; lane < count; lane++)
                {
                    for (var k = 0; k < classes; k++)
                        gradients[lane * classes + k] = terms[k * Lanes + lane];
                    if (rows.Labels[start + lane] >= 0)
                        gradients[lane * classes + rows.Labels[start + lane]] = slopes[lane];
                    rows.Losses[start + lane] = losses[lane];
                    rows.TargetWeights[start + lane] = weights[lane];
                }
            }
        }
    }

    /// <summary>The logits in <paramref name="terms"/> <c>[classes, lanes]</c> become the gradients of all classes but the label's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes(float* terms, int classes, float* targetLogits, float* weights, float* slopes, float* losses)
    {
        var max = Vector256.Load(terms);
        for (var k = 1; k < classes; k++)
            max = Vector256.Max(max, Vector256.Load(terms + k * Lanes));

        Vector256<float> others = default, largest = default;
        for (var k = 0; k < classes; k++)
        {
            var logit = Vector256.Load(terms + k * Lanes);
            var term = VectorMath.Exp(logit - max);
            var isLargest = Vector256.Equals(logit, max);
            others += Vector256.AndNot(term, isLargest);
            largest += Vector256<float>.One & isLargest;
            term.Store(terms + k * Lanes);
        }

        // Of several largest, the first alone is the one kept apart.
        others += largest - Vector256<float>.One;
        var sum = Vector256<float>.One + others;
        Vector256<float> weight = Vector256.Load(weights), target = Vector256.Load(targetLogits);
        // A row of weight 0, such as one without a label, counts for nothing, whatever its logits.
        var counts = Vector256.GreaterThan(weight, Vector256<float>.Zero);
        var factor = weight / sum;
        for (var k = 0; k < classes; k++)
            (Vector256.Load(terms + k * Lanes) * factor & counts).Store(terms + k * Lanes);
        var slope = Vector256.ConditionalSelect(
            Vector256.Equals(target, max), -others * factor, VectorMath.Exp(target - max) * factor - weight);
        (slope & counts).Store(slopes);
        (weight * (max - target + VectorMath.Log1P(others)) & counts).Store(losses);
    }
}

using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Brier score of one softmax row: l = sum_k d_k^2 with d_k = q_k - p_k, dl/dz_k = 2 q_k (d_k - sum_j q_j d_j).
/// </summary>
internal readonly struct SoftmaxBrierKernel : ISoftmaxKernel
{
    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, gradient);
        var largest = terms.Difference(terms.ArgMax, 1, 1, target[terms.ArgMax]);
        var loss = new CompensatedSum();
        var mean = new CompensatedSum();
        // sum_j q_j (d_max - d_j) is d_max - mean without the digits that the difference would lose in a confident row.
        var largestAboveMean = new CompensatedSum();
        for (var k = 0; k < gradient.Length; k++)
        {
            var e = double.CreateTruncating(gradient[k]);
            double q = terms.Probability(e), d = terms.Difference(k, e, 1, target[k]);
            loss.Add(d * d);
            mean.Add(q * d);
            largestAboveMean.Add(q * (largest - d));
        }

        for (var k = 0; k < gradient.Length; k++)
        {
            var e = double.CreateTruncating(gradient[k]);
            var aboveMean = k == terms.ArgMax ? largestAboveMean.Value : terms.Difference(k, e, 1, target[k]) - mean.Value;
            gradient[k] = T.CreateTruncating(2 * terms.Probability(e) * aboveMean);
        }

        return loss.Value;
    }

    public double TargetWeight<TTarget>(TTarget target, int classes)
        where TTarget : struct, ITargetRow, allows ref struct => 1;
}

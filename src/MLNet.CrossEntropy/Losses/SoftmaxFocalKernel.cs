using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Softmax focal loss of one row: l = sum_k p_k alpha_k f(q_k), dl/dz_k = b_k - q_k sum_j b_j with b_k = p_k alpha_k f'(q_k)
/// and f, f' as in <see cref="FocalTerm"/>.
/// </summary>
internal readonly ref struct SoftmaxFocalKernel(double gamma, ReadOnlySpan<double> alpha) : ISoftmaxKernel
{
    private readonly ReadOnlySpan<double> _alpha = alpha;

    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        if (!_alpha.IsEmpty)
            Throw.IfLengthsDiffer(logits.Length, _alpha.Length, nameof(logits), "alpha");
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, gradient);
        var loss = new CompensatedSum();
        var slopes = new CompensatedSum();
        for (var k = 0; k < gradient.Length; k++)
        {
            var term = TermOf(terms, k, logits[k], gradient[k], target[k]);
            loss.Add(term.Loss);
            slopes.Add(term.Slope);
        }

        for (var k = 0; k < gradient.Length; k++)
        {
            var slope = TermOf(terms, k, logits[k], gradient[k], target[k]).Slope;
            gradient[k] = T.CreateTruncating(-terms.Difference(k, double.CreateTruncating(gradient[k]), slopes.Value, slope));
        }

        return loss.Value;
    }

    public double TargetWeight<TTarget>(TTarget target, int classes)
        where TTarget : struct, ITargetRow, allows ref struct => 1;

    private CellLoss TermOf<T>(SoftmaxTerms terms, int k, T logit, T term, double p)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weight = _alpha.IsEmpty ? p : p * _alpha[k];
        if (weight == 0)
            return default;
        var e = double.CreateTruncating(term);
        var focal = new FocalTerm(
            terms.Probability(e), terms.Complement(k, e), terms.Surprisal(double.CreateTruncating(logit)), gamma);
        return new CellLoss(weight * focal.Loss, weight * focal.Slope);
    }
}

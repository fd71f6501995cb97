using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Softmax cross-entropy of one row: l = sum_k c_k (LSE(z) - z_k), dl/dz_k = C q_k - c_k with C = sum_k c_k, where
/// c_k = w s_k, s = (1 - a) p + a/K is the smoothed target and w the true class's weight (for a soft label the
/// expected one, sum_k p_k w_k); or c_k = w_k s_k where <paramref name="weightEachTerm"/>, as PyTorch does.
/// </summary>
internal readonly ref struct SoftmaxCrossEntropyKernel(double smoothing, ReadOnlySpan<double> classWeights, bool weightEachTerm = false)
    : ISoftmaxKernel
{
    private readonly ReadOnlySpan<double> _classWeights = classWeights;

    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, gradient);
        var weight = ClassWeighting.WeightOf(target, logits.Length, _classWeights);
        return target.OnlyClass >= 0 && smoothing == 0
            ? OneTerm(logits, target, terms, weight, gradient)
            : AllTerms(logits, target, terms, weight, gradient);
    }

    // PyTorch divides the losses of soft labels by their number, whatever the class weights.
    public double TargetWeight<TTarget>(TTarget target, int classes)
        where TTarget : struct, ITargetRow, allows ref struct =>
        weightEachTerm && target.OnlyClass < 0 ? 1 : ClassWeighting.WeightOf(target, classes, _classWeights);

    // A hard label without smoothing: the sums have one term each. The same bits as AllTerms would give.
    private double OneTerm<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, SoftmaxTerms terms, double weight, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var k = target.OnlyClass;
        var coefficient = Coefficient(target, k, weight, logits.Length);
        var own = T.CreateTruncating(terms.Difference(k, double.CreateTruncating(gradient[k]), coefficient, coefficient));
        SpanMath.Scale(gradient, T.CreateTruncating(coefficient / terms.Sum));
        gradient[k] = own;
        return StableMath.ZeroOrProduct(coefficient, terms.Surprisal(double.CreateTruncating(logits[k])));
    }

    private double AllTerms<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, SoftmaxTerms terms, double weight, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var loss = new CompensatedSum();
        var total = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            var coefficient = Coefficient(target, k, weight, logits.Length);
            loss.Add(StableMath.ZeroOrProduct(coefficient, terms.Surprisal(double.CreateTruncating(logits[k]))));
            total.Add(coefficient);
        }

        var scale = T.CreateTruncating(total.Value / terms.Sum);
        for (var k = 0; k < gradient.Length; k++)
        {
            var coefficient = Coefficient(target, k, weight, logits.Length);
            gradient[k] = coefficient == 0
                ? gradient[k] * scale
                : T.CreateTruncating(terms.Difference(k, double.CreateTruncating(gradient[k]), total.Value, coefficient));
        }

        return loss.Value;
    }

    private double Coefficient<TTarget>(TTarget target, int k, double weight, int classes)
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var smoothed = (1 - smoothing) * target[k] + smoothing / classes;
        return (weightEachTerm && !_classWeights.IsEmpty ? _classWeights[k] : weight) * smoothed;
    }
}

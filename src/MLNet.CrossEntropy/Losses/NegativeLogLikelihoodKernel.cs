using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Negative log-likelihood of one row of log-probabilities: l = -w sum_k p_k log q_k, dl/d(log q_k) = -w p_k.
/// </summary>
internal readonly ref struct NegativeLogLikelihoodKernel(ReadOnlySpan<double> classWeights) : ISoftmaxKernel
{
    /// <summary>How far above 0 rounding may have carried a log-probability.</summary>
    private const double Rounding = 1e-4;

    private readonly ReadOnlySpan<double> _classWeights = classWeights;

    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logProbabilities, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var weight = TargetWeight(target, logProbabilities.Length);
        var loss = new CompensatedSum();
        for (var k = 0; k < logProbabilities.Length; k++)
        {
            var logProbability = double.CreateTruncating(logProbabilities[k]);
            if (logProbability > Rounding)
                Throw.NotALogProbability(logProbability, k, nameof(logProbabilities));
            var coefficient = weight * target[k];
            loss.Add(StableMath.ZeroOrProduct(coefficient, -logProbability));
            gradient[k] = T.CreateTruncating(-coefficient);
        }

        return loss.Value;
    }

    public double TargetWeight<TTarget>(TTarget target, int classes)
        where TTarget : struct, ITargetRow, allows ref struct =>
        ClassWeighting.WeightOf(target, classes, _classWeights);
}

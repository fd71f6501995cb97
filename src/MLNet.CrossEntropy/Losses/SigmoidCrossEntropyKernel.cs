using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Sigmoid cross-entropy of one cell: l = c s softplus(-z) + (1 - s) softplus(z), dl/dz = (1 - s) sigmoid(z) - c s sigmoid(-z),
/// where s = (1 - a) y + a/2 is the smoothed target and c the weight of a positive. With c = 1 that is
/// max(z, 0) - z s + log1p(exp(-|z|)) and sigmoid(z) - s.
/// </summary>
internal readonly ref struct SigmoidCrossEntropyKernel(double smoothing, ReadOnlySpan<double> positiveWeights) : ISigmoidKernel
{
    private readonly ReadOnlySpan<double> _positiveWeights = positiveWeights;

    public CellLoss At(int cell, double logit, double target)
    {
        var terms = new LogisticTerms(logit);
        var smoothed = (1 - smoothing) * target + smoothing / 2;
        double positive = smoothed * PositiveWeight(cell), negative = 1 - smoothed;
        return new CellLoss(
            StableMath.ZeroOrProduct(positive, terms.Surprisal) + StableMath.ZeroOrProduct(negative, terms.ComplementSurprisal),
            negative * terms.Probability - positive * terms.Complement);
    }

    private double PositiveWeight(int cell) => _positiveWeights.IsEmpty ? 1 : _positiveWeights[cell % _positiveWeights.Length];
}

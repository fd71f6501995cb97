using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>Brier score of one cell: l = (q - y)^2 and dl/dz = 2 (q - y) q (1 - q), with q = sigmoid(z).</summary>
internal readonly struct SigmoidBrierKernel : ISigmoidKernel
{
    public CellLoss At(int cell, double logit, double target)
    {
        var terms = new LogisticTerms(logit);
        var difference = (1 - target) * terms.Probability - target * terms.Complement;
        return new CellLoss(difference * difference, 2 * difference * terms.Probability * terms.Complement);
    }
}

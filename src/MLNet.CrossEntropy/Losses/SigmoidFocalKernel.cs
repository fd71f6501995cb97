using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Sigmoid focal loss of one cell: l = y alpha f(q) + (1 - y) (1 - alpha) f(1 - q), with q = sigmoid(z) and f as in
/// <see cref="FocalTerm"/>; without alpha both factors are 1.
/// </summary>
internal readonly struct SigmoidFocalKernel(double gamma, double? alpha) : ISigmoidKernel
{
    public CellLoss At(int cell, double logit, double target)
    {
        var terms = new LogisticTerms(logit);
        double positive = target * (alpha ?? 1), negative = (1 - target) * (1 - alpha ?? 1);
        double loss = 0, slope = 0;
        if (positive != 0)
        {
            var focal = new FocalTerm(terms.Probability, terms.Complement, terms.Surprisal, gamma);
            loss += positive * focal.Loss;
            slope += positive * focal.Slope * terms.Complement;
        }

        if (negative != 0)
        {
            var focal = new FocalTerm(terms.Complement, terms.Probability, terms.ComplementSurprisal, gamma);
            loss += negative * focal.Loss;
            slope -= negative * focal.Slope * terms.Probability;
        }

        return new CellLoss(loss, slope);
    }
}

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The penalty <c>l1 ||w||_1 + (l2/2) ||w||^2</c> on weights, which holds L1 (lasso) and L2 (ridge) as special cases. Biases are not
/// penalised. (Zou and Hastie 2005, "Regularization and variable selection via the elastic net".)
/// </summary>
internal readonly record struct ElasticNet(double L1, double L2)
{
    /// <summary>The penalty's value, summed in double.</summary>
    public double Value(ReadOnlySpan<float> weights)
    {
        if (L1 == 0 && L2 == 0)
            return 0;
        double absolute = 0;
        double squared = 0;
        foreach (double w in weights)
        {
            absolute += Math.Abs(w);
            squared += w * w;
        }

        return (L1 * absolute) + (L2 / 2 * squared);
    }

    /// <summary>
    /// The least element of the objective's subdifferential in a weight, 0 exactly at the optimum: <c>g + l2 w + l1 sign(w)</c> where w is
    /// not 0, and <c>sign(g) max(|g| - l1, 0)</c> where it is.
    /// </summary>
    /// <param name="slope">g, the loss's derivative in the weight.</param>
    /// <param name="weight">w.</param>
    public double Subgradient(double slope, double weight) => weight != 0
        ? slope + (L2 * weight) + (Math.Sign(weight) * L1)
        : Math.CopySign(Math.Max(0, Math.Abs(slope) - L1), slope);
}

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The penalty <c>l1 sum |w_kj| + l2/2 sum p_j (w_kj - c_kj)^2</c> on the weights of output k and feature j, which holds L1 (lasso) and L2
/// (ridge) as special cases. Biases are not penalised. (Zou and Hastie 2005, "Regularization and variable selection via the elastic net".)
/// </summary>
/// <param name="l1">l1.</param>
/// <param name="l2">l2.</param>
/// <param name="shares">p, one a feature: its variance, where the weights of standardised features are penalised; null is 1.</param>
/// <param name="centre">c, the weights that L2 pulls to; null is 0.</param>
internal sealed class ElasticNet(double l1, double l2, float[]? shares = null, LinearWeights? centre = null)
{
    public double L1 { get; } = l1;

    public double L2 { get; } = l2;

    /// <summary>The weights that L2 pulls to; null for 0.</summary>
    public LinearWeights? Centre { get; } = centre;

    /// <summary>The L2 penalty of a feature's weights, <c>l2 p_j</c>.</summary>
    public double L2Of(int feature) => shares is null ? L2 : L2 * shares[feature];

    /// <summary>
    /// By strong convexity how far a slope in a weight of a feature, or in a bias, lets the objective lie above its minimum at most,
    /// <c>slope^2 / (2 l2)</c>; a bias, without a penalty, is taken to have one of l2.
    /// </summary>
    public double GapBound(double slope, int? feature = null) =>
        slope == 0 ? 0 : slope * slope / (2 * (feature is { } j ? L2Of(j) : L2));

    /// <summary>
    /// The share of weights that L2 takes, <c>1 - exp(-x)</c>, x being l2 times the sum of the rates, by exp's Pade approximant of order 2:
    /// exact to x^5 / 720, and several times faster.
    /// </summary>
    public static double Decay(double x) => x < 1 ? 12 * x / (12 + x * (6 + x)) : 1 - Math.Exp(-x);

    /// <summary>The penalty's value, summed in double.</summary>
    public double Value(LinearWeights weights)
    {
        if (L1 == 0 && L2 == 0)
            return 0;
        double absolute = 0, squared = 0;
        // In the order of the memory.
        var (lines, length) = weights.IsSparse ? (weights.Features, weights.Outputs) : (weights.Outputs, weights.Features);
        for (var line = 0; line < lines; line++)
        {
            for (var i = 0; i < length; i++)
            {
                var (k, j) = weights.IsSparse ? (i, line) : (line, i);
                double w = weights[k, j], off = w - CentreOf(k, j);
                absolute += Math.Abs(w);
                squared += L2Of(j) * off * off;
            }
        }

        return L1 * absolute + squared / 2;
    }

    /// <summary>The weight that L2 pulls to.</summary>
    public double CentreOf(int output, int feature) => Centre is null ? 0 : Centre[output, feature];

    /// <summary>
    /// The least element of the objective's subdifferential in a weight, 0 exactly at the optimum: <c>g + l2 p (w - c) + l1 sign(w)</c>
    /// where w is not 0, and <c>sign(h) max(|h| - l1, 0)</c>, h being <c>g - l2 p c</c>, where it is.
    /// </summary>
    /// <param name="slope">g, the loss's derivative in the weight.</param>
    /// <param name="weight">w.</param>
    /// <param name="output">The weight's output.</param>
    /// <param name="feature">Its feature.</param>
    public double Subgradient(double slope, double weight, int output, int feature)
    {
        var smooth = slope + L2Of(feature) * (weight - CentreOf(output, feature));
        if (L1 == 0)
            return smooth;
        return weight != 0 ? smooth + Math.CopySign(L1, weight) : Math.CopySign(Math.Max(0, Math.Abs(smooth) - L1), smooth);
    }
}

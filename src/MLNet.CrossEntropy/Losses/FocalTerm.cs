namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// The focal loss of one event of probability q: f = (1 - q)^g (-log q), and its slope df/d(log q) =
/// -(1 - q)^g (1 + g q (-log q) / (1 - q)). (Lin et al. 2017, "Focal loss for dense object detection", equation 4.)
/// </summary>
internal readonly struct FocalTerm
{
    public FocalTerm(double probability, double complement, double surprisal, double gamma)
    {
        var factor = Math.Pow(complement, gamma);
        // -log q / (1 - q) tends to 1 as q does; q (-log q) tends to 0 as q does.
        var ratio = complement == 0 ? 1 : StableMath.ZeroOrProduct(probability, surprisal) / complement;
        Loss = StableMath.ZeroOrProduct(factor, surprisal);
        Slope = -factor * (1 + gamma * ratio);
    }

    /// <summary>f.</summary>
    public double Loss { get; }

    /// <summary>df/d(log q).</summary>
    public double Slope { get; }
}

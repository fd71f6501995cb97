using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Binary cross-entropy of one cell, from a probability: l = -y log q - (1 - y) log(1 - q), with logarithms from a floor up.
/// </summary>
internal readonly struct BinaryCrossEntropyKernel(double logFloor) : ISigmoidKernel
{
    // PyTorch's backward pass: 1e-12 as a float.
    private const double LeastVariance = 1e-12f;

    public CellLoss At(int cell, double probability, double target)
    {
        if (probability is not (>= 0 and <= 1))
            Throw.NotAProbability(probability, cell, "probabilities");
        var loss = StableMath.ZeroOrProduct(target, -Math.Max(Math.Log(probability), logFloor))
            + StableMath.ZeroOrProduct(1 - target, -Math.Max(StableMath.Log1P(-probability), logFloor));
        var slope = double.IsFinite(logFloor)
            ? (probability - target) / Math.Max(probability * (1 - probability), LeastVariance)
            : Share(1 - target, 1 - probability) - Share(target, probability);
        return new CellLoss(loss, slope);
    }

    private static double Share(double part, double whole) => part == 0 ? 0 : part / whole;
}

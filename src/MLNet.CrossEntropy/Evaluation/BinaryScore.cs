namespace MLNet.CrossEntropy;

/// <summary>The probability that a binary model gives the positive class, and the loss of the true class.</summary>
internal static class BinaryScore
{
    /// <summary>
    /// Whether a float probability is the sigmoid of a float score, up to what float arithmetic and underflow lose.
    /// </summary>
    public static bool IsSigmoid(float probability, float score)
    {
        double sigmoid = Sigmoid(score);
        return Math.Abs(probability - sigmoid) <= 1e-5 * sigmoid + 1e-37;
    }

    /// <summary><c>1 / (1 + exp(-z))</c> without overflow.</summary>
    public static double Sigmoid(double z)
    {
        double e = Math.Exp(-Math.Abs(z));
        return (z < 0 ? e : 1) / (1 + e);
    }

    /// <summary>-ln of the true class's probability: <c>-ln q</c> for the positive class, <c>-ln(1 - q)</c> for the negative.</summary>
    public static double LossOfProbability(double probability, bool positive) =>
        -Math.Log(positive ? probability : 1 - probability);

    /// <summary>The same from a logit, without cancellation: <c>ln(1 + exp(-z))</c> or <c>ln(1 + exp(z))</c>.</summary>
    public static double LossOfLogit(double z, bool positive)
    {
        double margin = positive ? z : -z;
        return Math.Max(-margin, 0) + double.LogP1(Math.Exp(-Math.Abs(margin)));
    }
}

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// What a sigmoid is made of: q = sigmoid(z), 1 - q, -log q and -log(1 - q), from one exponential and one logarithm,
/// each with all its digits.
/// </summary>
internal readonly struct LogisticTerms
{
    public LogisticTerms(double logit)
    {
        var decay = Math.Exp(-Math.Abs(logit));
        var logSum = StableMath.Log1P(decay);
        double larger = 1 / (1 + decay), smaller = decay / (1 + decay);
        (Probability, Complement) = logit >= 0 ? (larger, smaller) : (smaller, larger);
        Surprisal = Math.Max(-logit, 0) + logSum;
        ComplementSurprisal = Math.Max(logit, 0) + logSum;
    }

    /// <summary>q = sigmoid(z).</summary>
    public double Probability { get; }

    /// <summary>1 - q = sigmoid(-z).</summary>
    public double Complement { get; }

    /// <summary>-log q = softplus(-z).</summary>
    public double Surprisal { get; }

    /// <summary>-log(1 - q) = softplus(z).</summary>
    public double ComplementSurprisal { get; }
}

using System.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// exp(H(P)): the number of equally likely events that would be as uncertain as P, between 1 and K. The same number
    /// whatever the unit of H.
    /// </summary>
    /// <param name="distribution">P [K].</param>
    /// <param name="tolerance">How far from 1 P may sum.</param>
    /// <exception cref="ArgumentException">P is no distribution.</exception>
    public static double Perplexity<T>(ReadOnlySpan<T> distribution, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Exp(Entropy(distribution, LogBase.Nats, tolerance));

    /// <summary>
    /// exp(H(P, Q)): among how many equally likely events the prediction Q leaves the target P to be guessed. At least
    /// exp(H(P)); +infinity where P has an event that Q rules out.
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double Perplexity<T>(Target<T> target, Prediction<T> prediction, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Exp(CrossEntropy(target, prediction, LogBase.Nats, tolerance));
}

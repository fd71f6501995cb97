using System.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// JS(P, Q) = KL(P || M) / 2 + KL(Q || M) / 2 with M = (P + Q) / 2: a divergence that is symmetric and always finite,
    /// between 0 (P = Q) and ln 2 nats or 1 bit (no event in common). Its square root is a metric.
    /// (Lin 1991, "Divergence measures based on the Shannon entropy".)
    /// </summary>
    /// <param name="first">P [K].</param>
    /// <param name="second">Q [K].</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double JensenShannon<T>(
        ReadOnlySpan<T> first, ReadOnlySpan<T> second, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(first, second, tolerance, nameof(first), nameof(second));
        var sum = new CompensatedSum();
        for (var i = 0; i < first.Length; i++)
        {
            double p = double.CreateTruncating(first[i]), q = double.CreateTruncating(second[i]);
            var middle = (p + q) / 2;
            sum.Add((PLogPOverQ(p, middle) + PLogPOverQ(q, middle)) / 2);
        }

        return From(AtLeastZero(sum.Value), logBase);
    }
}

using System.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// H(P) = -sum_i p_i log p_i: how uncertain P is, between 0 (one event is sure) and log K (all K are equally likely).
    /// </summary>
    /// <param name="distribution">P [K].</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 P may sum.</param>
    /// <exception cref="ArgumentException">P is no distribution.</exception>
    public static double Entropy<T>(
        ReadOnlySpan<T> distribution, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(distribution, tolerance, nameof(distribution));
        var sum = new CompensatedSum();
        foreach (var value in distribution)
        {
            var p = double.CreateTruncating(value);
            sum.Add(-StableMath.XLogY(p, p));
        }

        return From(sum.Value, logBase);
    }
}

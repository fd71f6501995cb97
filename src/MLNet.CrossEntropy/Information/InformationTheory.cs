using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Entropy and its relatives, of distributions given as spans of float or double; sums are in double and compensated.
/// 0 log 0 = 0 throughout. A distribution that is empty, has a negative or NaN number, or does not sum to 1 is refused
/// with the value, the index and the sum. (Cover and Thomas 2006, "Elements of information theory", chapter 2.)
/// </summary>
public static partial class InformationTheory
{
    /// <summary>How far from 1 a distribution may sum unless told otherwise: rounding of floats passes, a missing event does not.</summary>
    public const double DefaultTolerance = 1e-5;

    private static void Check<T>(ReadOnlySpan<T> distribution, double tolerance, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfEmpty(distribution.Length, name);
        Throw.IfNegativeOrNotFinite(tolerance, nameof(tolerance));
        var sum = new CompensatedSum();
        for (var i = 0; i < distribution.Length; i++)
        {
            var p = double.CreateTruncating(distribution[i]);
            if (!(p >= 0))
                Throw.NotInADistribution(p, i, CompensatedSum.Of(distribution), name);
            sum.Add(p);
        }

        if (!(Math.Abs(sum.Value - 1) <= tolerance))
            Throw.NotADistribution(sum.Value, distribution.Length, tolerance, name);
    }

    private static double From(double nats, LogBase logBase)
    {
        Throw.IfUndefined(logBase, nameof(logBase));
        return logBase == LogBase.Bits ? nats / Math.Log(2) : nats;
    }
}

using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// H(P, Q) = -sum_i p_i log q_i = H(P) + KL(P || Q): the cost of coding what P draws with a code made for Q.
    /// +infinity where P has an event that Q rules out. Not symmetric, hence the two types.
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double CrossEntropy<T>(
        Target<T> target, Prediction<T> prediction, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(target.Values, prediction.Values, tolerance, nameof(target), nameof(prediction));
        var sum = new CompensatedSum();
        for (var i = 0; i < target.Values.Length; i++)
            sum.Add(-StableMath.XLogY(double.CreateTruncating(target.Values[i]), double.CreateTruncating(prediction.Values[i])));
        return From(sum.Value, logBase);
    }

    private static void CheckPair<T>(ReadOnlySpan<T> p, ReadOnlySpan<T> q, double tolerance, string nameOfP, string nameOfQ)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(p, tolerance, nameOfP);
        Check(q, tolerance, nameOfQ);
        Throw.IfLengthsDiffer(p.Length, q.Length, nameOfP, nameOfQ);
    }
}

using System.Numerics;

namespace MLNet.CrossEntropy;

public static partial class InformationTheory
{
    /// <summary>
    /// KL(P || Q) = sum_i p_i log(p_i / q_i): what predicting Q costs beyond the uncertainty of P itself. At least 0, and 0
    /// only where P = Q; +infinity where P has an event that Q rules out. Not symmetric, hence the two types.
    /// (Kullback and Leibler 1951, "On information and sufficiency".)
    /// </summary>
    /// <param name="target">P [K], what should have been.</param>
    /// <param name="prediction">Q [K], what was predicted.</param>
    /// <param name="logBase">The unit of the answer.</param>
    /// <param name="tolerance">How far from 1 P and Q may sum.</param>
    /// <exception cref="ArgumentException">P or Q is no distribution, or they differ in length.</exception>
    public static double KullbackLeibler<T>(
        Target<T> target, Prediction<T> prediction, LogBase logBase = LogBase.Nats, double tolerance = DefaultTolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckPair(target.Values, prediction.Values, tolerance, nameof(target), nameof(prediction));
        var sum = new CompensatedSum();
        for (var i = 0; i < target.Values.Length; i++)
            sum.Add(PLogPOverQ(double.CreateTruncating(target.Values[i]), double.CreateTruncating(prediction.Values[i])));
        return From(AtLeastZero(sum.Value), logBase);
    }

    // The quotient keeps the digits where p and q are close; where it leaves the range of double, the difference does.
    private static double PLogPOverQ(double p, double q)
    {
        if (p == 0)
            return 0;
        var ratio = p / q;
        return p * (double.IsNormal(ratio) ? Math.Log(ratio) : Math.Log(p) - Math.Log(q));
    }

    // Rounding may carry a divergence of nearly equal distributions a hair below 0.
    private static double AtLeastZero(double divergence) => Math.Max(divergence, 0);
}

using System.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The functions that cross-entropy is made of, written so that they neither overflow nor lose their digits:
/// right at logits of ±10,000 and of -infinity, for one class and for ten thousand, in float and in double.
/// NaN in gives NaN out.
/// </summary>
public static partial class StableMath
{
    /// <summary>log(1 + x), keeping the digits of a small x.</summary>
    /// <remarks>
    /// Goldberg 1991, "What every computer scientist should know about floating-point arithmetic", theorem 4.
    /// (<c>double.LogP1</c> evaluates log(1 + x) as it stands: 0 for x = 1e-17.)
    /// </remarks>
    public static T Log1P<T>(T x)
        where T : IBinaryFloatingPointIeee754<T>
    {
        var onePlus = T.One + x;
        if (onePlus == T.One)
            return x;
        return T.IsFinite(onePlus) ? x * (T.Log(onePlus) / (onePlus - T.One)) : T.Log(onePlus);
    }

    /// <summary>x log y in nats, with 0 log 0 = 0 (and 0 log y = 0 for every y that is a number).</summary>
    public static T XLogY<T>(T x, T y)
        where T : IBinaryFloatingPointIeee754<T> =>
        x == T.Zero && !T.IsNaN(y) ? T.Zero : x * T.Log(y);

    /// <summary>x y with 0 times infinity = 0: what an event of weight 0 adds to a sum, however impossible it is.</summary>
    internal static double ZeroOrProduct(double x, double y) => x == 0 ? 0 : x * y;
}

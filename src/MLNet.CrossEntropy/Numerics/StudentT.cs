namespace MLNet.CrossEntropy.Numerics;

/// <summary>Student's t distribution with any positive number of degrees of freedom, whole or not.</summary>
internal static class StudentT
{
    /// <summary>The two-sided p-value of <c>mean / standardError</c>; 1 for a mean of 0 without error, NaN where the error is undefined.</summary>
    public static double TwoSidedPValue(double mean, double standardError, double degreesOfFreedom) =>
        mean == 0 && standardError == 0 ? 1 : TwoSidedTail(Math.Abs(mean) / standardError, degreesOfFreedom);

    /// <summary>The interval <c>mean +- t se</c>, t the (1 + level) / 2 quantile.</summary>
    public static ConfidenceInterval Interval(double mean, double standardError, double degreesOfFreedom, double level)
    {
        var margin = double.IsNaN(standardError) ? double.NaN : TwoSidedQuantile(1 - level, degreesOfFreedom) * standardError;
        return new(mean - margin, mean + margin, level);
    }

    /// <summary>
    /// P(|T| > t) = I_x(v/2, 1/2), <c>x = v / (v + t^2)</c>, I being the regularised incomplete beta function (Abramowitz and
    /// Stegun 26.7.1).
    /// </summary>
    public static double TwoSidedTail(double t, double degreesOfFreedom)
    {
        if (double.IsNaN(t) || !(degreesOfFreedom > 0))
            return double.NaN;
        if (double.IsInfinity(t))
            return 0;
        double a = degreesOfFreedom / 2, square = t * t / degreesOfFreedom;
        (var x, var y) = (1 / (1 + square), square / (1 + square));
        // x^a y^(1/2) / B(a, 1/2), B's gamma functions taken together so that none of their digits cancel.
        var front = Math.Exp(-a * StableMath.Log1P(square) + Math.Log(y) / 2) * GammaRatio(a) / Math.Sqrt(Math.PI);
        return x < (a + 1) / (a + 2.5)
            ? front / BetaFraction(a, 0.5, x, y)
            : 1 - front / BetaFraction(0.5, a, y, x);
    }

    /// <summary>The t that <see cref="TwoSidedTail"/> exceeds with probability p, 0 &lt; p &lt; 1, by bisection to the last bit.</summary>
    public static double TwoSidedQuantile(double p, double degreesOfFreedom)
    {
        double low = 0, high = 1;
        while (TwoSidedTail(high, degreesOfFreedom) > p && high < double.MaxValue / 4)
            (low, high) = (high, 2 * high);
        while (low + (high - low) / 2 is var middle && middle > low && middle < high)
            (low, high) = TwoSidedTail(middle, degreesOfFreedom) > p ? (middle, high) : (low, middle);
        return high;
    }

    /// <summary>Gamma(a + 1/2) / Gamma(a), by its asymptotic series (in which even powers vanish) where a is large.</summary>
    private static double GammaRatio(double a)
    {
        double shift = 1;
        for (; a < 20; a++)
            shift *= a / (a + 0.5);
        double r = 1 / a, square = r * r;
        return shift * Math.Sqrt(a) * Math.Exp(r * (-1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * (17.0 / 14336 - square * 31 / 18432)))));
    }

    /// <summary>
    /// The continued fraction whose inverse times <c>x^a y^b / B(a, b)</c> is I_x(a, b), y = 1 - x (DiDonato and Morris 1992,
    /// "Algorithm 708", equation 9), by Lentz's method; it converges fast for x below (a + 1) / (a + b + 2). Unlike the
    /// textbook's it takes y as it is, and so keeps its digits where x is nearly 1.
    /// </summary>
    private static double BetaFraction(double a, double b, double x, double y)
    {
        double fraction = a * (a * y - b * x + 1) / (a + 1), c = fraction, d = 0;
        for (double m = 1, change = 0; Math.Abs(change - 1) > 1e-16 && m < 1e7; m++)
        {
            var odd = a + 2 * m - 1;
            var numerator = m * (a + m - 1) / odd * ((a + b + m - 1) / odd) * (b - m) * x * x;
            var term = m + m * (b - m) * x / odd + (a + m) * (a * y - b * x + 1 + m * (1 + y)) / (a + 2 * m + 1);
            d = 1 / (term + numerator * d);
            c = term + numerator / c;
            change = c * d;
            fraction *= change;
        }
        return fraction;
    }
}

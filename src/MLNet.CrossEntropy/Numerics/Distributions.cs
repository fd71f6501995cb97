namespace MLNet.CrossEntropy.Numerics;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>
    /// The quantile of probability p, 0 &lt; p &lt; 1, to about 16 digits: Wichura, Algorithm AS 241 (PPND16),
    /// Applied Statistics 37 (1988).
    /// </summary>
    public static double Quantile(double p)
    {
        var q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            var r = 0.180625 - q * q;
            return q * Polynomial(r, 3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3)
                / Polynomial(r, 1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3);
        }

        var tail = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        var magnitude = tail <= 5
            ? Polynomial(tail - 1.6, 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
                    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4)
                / Polynomial(tail - 1.6, 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9)
            : Polynomial(tail - 5, 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
                    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7)
                / Polynomial(tail - 5, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15);
        return Math.CopySign(magnitude, q);
    }

    /// <summary>Coefficients from the lowest degree, by Horner's rule.</summary>
    private static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        double sum = 0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = sum * x + coefficients[i];
        return sum;
    }
}

/// <summary>The beta distribution, and the interval of a share that rests on it.</summary>
internal static class BetaDistribution
{
    /// <summary>
    /// The exact interval of a binomial share: the beta quantiles <c>B((1 - level) / 2; k, n - k + 1)</c> and
    /// <c>B((1 + level) / 2; k + 1, n - k)</c> (Clopper and Pearson 1934, Biometrika 26). NaN without trials; an effective number of
    /// them need not be whole.
    /// </summary>
    public static ConfidenceInterval ClopperPearson(double hits, double trials, double level)
    {
        if (!(trials > 0))
            return new(double.NaN, double.NaN, level);
        // Sums of weights may miss 0 and all by rounding.
        double least = 1e-12 * trials, misses = trials - hits;
        return new(
            hits <= least ? 0 : Quantile((1 - level) / 2, hits, misses + 1),
            misses <= least ? 1 : Quantile((1 + level) / 2, hits + 1, misses),
            level);
    }

    /// <summary>P(X &lt;= x), the regularised incomplete beta function I_x(a, b).</summary>
    public static double Below(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
            return x <= 0 ? 0 : 1;
        var front = Math.Exp(a * Math.Log(x) + b * StableMath.Log1P(-x) + LogGamma(a + b) - LogGamma(a) - LogGamma(b));
        return x < (a + 1) / (a + b + 2) ? front / Fraction(a, b, x, 1 - x) : 1 - front / Fraction(b, a, 1 - x, x);
    }

    /// <summary>
    /// The continued fraction whose inverse times <c>x^a y^b / B(a, b)</c> is I_x(a, b), y = 1 - x (DiDonato and Morris 1992,
    /// "Algorithm 708", equation 9), by Lentz's method; it converges fast for x below (a + 1) / (a + b + 2). Unlike the
    /// textbook's it takes y as it is, and so keeps its digits where x is nearly 1.
    /// </summary>
    public static double Fraction(double a, double b, double x, double y)
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

    /// <summary>The quantile of probability p, by bisection.</summary>
    private static double Quantile(double p, double a, double b)
    {
        double low = 0, high = 1;
        while (low + (high - low) / 2 is var middle && high - low > 1e-14 * high && middle > low)
            (low, high) = Below(middle, a, b) < p ? (middle, high) : (low, middle);
        return high;
    }

    /// <summary>ln Gamma(a) by Stirling's series, from a of 10 on.</summary>
    private static double LogGamma(double a)
    {
        double shift = 0;
        for (; a < 10; a++)
            shift -= Math.Log(a);
        double r = 1 / a, s = r * r;
        var series = r * (1.0 / 12 + s * (-1.0 / 360 + s * (1.0 / 1260 + s * (-1.0 / 1680 + s * (1.0 / 1188 - s * 691 / 360360)))));
        return shift + (a - 0.5) * Math.Log(a) - a + Math.Log(2 * Math.PI) / 2 + series;
    }
}

/// <summary>Student's t distribution with any positive number of degrees of freedom, whole or not.</summary>
internal static class StudentT
{
    /// <summary>
    /// The two-sided p-value of <c>mean / standardError</c>; 1 for a mean of 0 without error, NaN where the error is undefined.
    /// </summary>
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
            ? front / BetaDistribution.Fraction(a, 0.5, x, y)
            : 1 - front / BetaDistribution.Fraction(0.5, a, y, x);
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
        var series = -1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * (17.0 / 14336 - square * 31 / 18432)));
        return shift * Math.Sqrt(a) * Math.Exp(r * series);
    }
}

/// <summary>
/// The generator of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators": the i-th number of a seed is
/// <c>Mix(seed + i Gamma)</c>. One of our own, because <see cref="Random"/>'s sequence for a seed may change between frameworks.
/// </summary>
internal static class SplitMix64
{
    /// <summary>The odd number by which the state advances.</summary>
    public const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>64 bits that look random, different for different <paramref name="z"/>.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

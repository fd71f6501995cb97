namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>How close is equal, in one place.</summary>
internal static class Tolerances
{
    /// <summary>Double against an independent oracle of double: relative, with the oracle's own rounding below 1.</summary>
    public const double Double = 1e-12;

    /// <summary>Float against double: relative.</summary>
    public const double Float = 1e-5;

    /// <summary>Fourth-order finite differences: truncation and rounding together.</summary>
    public const double FiniteDifference = 1e-9;

    // What PyTorch's own results are off by where they are far below 1.
    private const double OracleRounding = 1e-15;

    /// <summary>|actual - expected| is at most tolerance |expected|, and a rounding error of 1; infinities and NaN must match.</summary>
    public static void AssertClose(double expected, double actual, double tolerance, string where = "")
    {
        var close = double.IsFinite(expected)
            ? Math.Abs(actual - expected) <= tolerance * Math.Abs(expected) + OracleRounding
            : actual.Equals(expected);
        Assert.True(close, $"{where}: expected {expected:R}, got {actual:R}");
    }

    /// <inheritdoc cref="AssertClose(double, double, double, string)"/>
    public static void AssertClose(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance, string where = "")
    {
        double[] e = [.. expected], a = [.. actual];
        Assert.Equal(e.Length, a.Length);
        for (var i = 0; i < e.Length; i++)
            AssertClose(e[i], a[i], tolerance, $"{where}[{i}]");
    }
}

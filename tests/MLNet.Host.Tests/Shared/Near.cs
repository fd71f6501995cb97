using System.Text.Json;

namespace MLNet.Host.Tests.Shared;

/// <summary>Comparisons of computed numbers with recorded ones.</summary>
internal static class Near
{
    /// <summary>Equal within <paramref name="relative"/> of the recorded number (or absolutely, below 1); NaN and infinities must be the same.</summary>
    public static void Equal(double expected, double actual, double relative, string what)
    {
        var near = double.IsFinite(expected)
            ? Math.Abs(actual - expected) <= relative * Math.Max(1, Math.Abs(expected))
            : expected.Equals(actual);
        Assert.True(near, $"{what}: expected {expected:R}, got {actual:R}, {Math.Abs(actual - expected):g3} off, allowed {relative:g3} relative.");
    }

    public static void Equal(IEnumerable<double> expected, IEnumerable<double> actual, double relative, string what)
    {
        double[] left = [.. expected], right = [.. actual];
        Assert.Equal(left.Length, right.Length);
        for (var i = 0; i < left.Length; i++)
            Equal(left[i], right[i], relative, $"{what}[{i}]");
    }

    public static void Equal(JsonElement expected, IEnumerable<float> actual, double relative, string what)
        => Equal(expected.Numbers(), actual.Select(value => (double)value), relative, what);
}

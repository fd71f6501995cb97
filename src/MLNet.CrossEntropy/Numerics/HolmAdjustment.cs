namespace MLNet.CrossEntropy.Numerics;

/// <summary>P-values of several tests made at once.</summary>
internal static class HolmAdjustment
{
    /// <summary>The tests with their p-values adjusted for all of them.</summary>
    public static T[] Of<T>(IReadOnlyList<T> tests, Func<T, double> pValue, Func<T, double, T> adjust)
    {
        var adjusted = Of([.. tests.Select(pValue)]);
        return [.. tests.Select((test, i) => adjust(test, adjusted[i]))];
    }

    /// <summary>
    /// Holm (1979), "A simple sequentially rejective multiple test procedure": the i-th smallest of m p-values is multiplied by
    /// m - i + 1, capped at 1, and never falls below a smaller one's. Undefined (NaN) p-values stay so and do not count.
    /// </summary>
    public static double[] Of(IReadOnlyList<double> pValues)
    {
        double[] adjusted = [.. pValues];
        int[] order = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i])).OrderBy(i => adjusted[i])];
        double largest = 0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, adjusted[order[rank]] * (order.Length - rank)));
            adjusted[order[rank]] = largest;
        }
        return adjusted;
    }
}

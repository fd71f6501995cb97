namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The minimum of a convex function along a line, about, by its slope: values hardly differ where a row that is fitted already hides the
/// others, but slopes do.
/// </summary>
internal static class LineSearch
{
    // The slope that may be left, as a share of the first one.
    private const double FlatShare = 0.25;
    private const double Growth = 4;
    private const double NarrowRatio = 1.25;
    private const int MostLooks = 60;

    /// <summary>The length of the step, 1 where that is good enough, and 0 where no length is better than none.</summary>
    /// <param name="look">Value and slope at a length.</param>
    /// <param name="value">The value at 0.</param>
    /// <param name="slope">The slope at 0, below 0.</param>
    public static double Minimize(Func<double, (double Value, double Slope)> look, double value, double slope)
    {
        double low = 0, lowSlope = slope, high = double.PositiveInfinity, highSlope = 0, length = 1;
        for (var i = 0; i < MostLooks; i++)
        {
            var (at, change) = look(length);
            if (at <= value && Math.Abs(change) <= -FlatShare * slope)
                return length;
            if (change <= 0 && double.IsFinite(at))
                (low, lowSlope) = (length, change);
            else
                (high, highSlope) = (length, double.IsFinite(at) ? change : double.PositiveInfinity);
            if (high <= NarrowRatio * low)
                break;
            length = Between(low, lowSlope, high, highSlope);
        }

        return low;
    }

    /// <summary>Where to look next: on, in the middle of the two lengths, or where the slope would be 0 if it were straight.</summary>
    private static double Between(double low, double lowSlope, double high, double highSlope)
    {
        if (double.IsPositiveInfinity(high))
            return low * Growth;
        var straight = low + (high - low) * lowSlope / (lowSlope - highSlope);
        return low == 0
            ? Math.Clamp(straight, high / (Growth * Growth * Growth), high / 2)
            : high > Growth * low ? Math.Sqrt(low * high) : Math.Clamp(straight, low + 0.1 * (high - low), high - 0.1 * (high - low));
    }
}

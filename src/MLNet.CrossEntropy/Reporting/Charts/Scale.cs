namespace MLNet.CrossEntropy.Reporting;

/// <summary>An axis: which values it covers, where its ticks are, and where along it a value lies.</summary>
internal sealed class Scale
{
    private readonly Func<double, double> _transform;

    private Scale(double low, double high, double[] ticks, Func<double, double> transform)
    {
        (Low, High, Ticks) = (low, high, ticks);
        _transform = transform;
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Equal steps for equal differences.</summary>
    public static Scale Linear(double low, double high, int ticks = 6)
    {
        (low, high) = Widened(low, high);
        return new(low, high, NiceTicks.Linear(low, high, ticks).Ticks, static x => x);
    }

    /// <summary>A linear axis widened to the ticks next to its ends.</summary>
    public static Scale Nice(double low, double high, int ticks = 6)
    {
        (low, high) = Widened(low, high);
        var step = NiceTicks.Linear(low, high, ticks).Step;
        return Linear(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, ticks + 2);
    }

    /// <summary>Equal steps for equal ratios; <paramref name="low"/> must be positive.</summary>
    public static Scale Logarithmic(double low, double high)
    {
        if (high <= low)
            (low, high) = (low / 2, low * 2);
        return new(low, high, NiceTicks.Logarithmic(low, high), Math.Log);
    }

    /// <summary>How far along the axis a value lies, 0 to 1; values beyond its ends lie on them.</summary>
    public double Share(double value) =>
        (_transform(Math.Clamp(value, Low, High)) - _transform(Low)) / (_transform(High) - _transform(Low));

    /// <summary>An axis needs some length: one value gets half its size on either side.</summary>
    private static (double Low, double High) Widened(double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high))
            return (0, 1);
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (size == 0)
            return (0, 1);
        return high - low > 1e-6 * size ? (low, high) : (low - size / 2, high + size / 2);
    }
}

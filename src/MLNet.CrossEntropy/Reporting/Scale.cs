using System.Globalization;

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

/// <summary>Where an axis has its ticks, and how they are written.</summary>
internal static class NiceTicks
{
    /// <summary>
    /// The multiples within [low, high] of the smallest step of the form 1, 2 or 5 times a power of ten that gives at most
    /// <paramref name="most"/> of them (Heckbert 1990, "Nice numbers for graph labels").
    /// </summary>
    public static (double[] Ticks, double Step) Linear(double low, double high, int most)
    {
        var step = StepOf((high - low) / most);
        double first = Math.Ceiling(low / step - 1e-9), last = Math.Floor(high / step + 1e-9);
        while (last - first + 1 > most)
        {
            step = StepOf(step * 1.5);
            (first, last) = (Math.Ceiling(low / step - 1e-9), Math.Floor(high / step + 1e-9));
        }
        return ([.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Multiple(first + i, step))], step);
    }

    /// <summary>The powers of ten within [low, high]; where there are fewer than three, twice and five times a power as well.</summary>
    public static double[] Logarithmic(double low, double high)
    {
        double[] powers = Within([1]), more = Within([1, 2, 5]);
        return powers.Length >= 3 ? powers : more.Length >= 2 ? more : [low, high];

        double[] Within(int[] digits)
        {
            int first = (int)Math.Floor(Math.Log10(low)), last = (int)Math.Ceiling(Math.Log10(high));
            return
            [
                .. Enumerable.Range(first, last - first + 1)
                    .SelectMany(exponent => digits.Select(digit => Multiple(digit, Math.Pow(10, exponent))))
                    .Where(tick => tick >= low && tick <= high),
            ];
        }
    }

    /// <summary>A tick in as many digits as it needs.</summary>
    public static string Label(double tick)
    {
        var size = Math.Abs(tick);
        return size is 0 or (>= 1e-4 and < 1e6)
            ? tick.ToString("#,##0.######", CultureInfo.InvariantCulture)
            : tick.ToString("0.##e+0", CultureInfo.InvariantCulture);
    }

    private static double StepOf(double atLeast)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        foreach (var digit in (ReadOnlySpan<int>)[1, 2, 5])
        {
            if (digit * power >= atLeast * (1 - 1e-9))
                return digit * power;
        }
        return 10 * power;
    }

    // 3 times 0.1 is not the double nearest to 0.3; rounding to the step's own digits makes it so.
    private static double Multiple(double count, double step)
    {
        var digits = Math.Max(0, 1 - (int)Math.Floor(Math.Log10(step)));
        return digits <= 15 ? Math.Round(count * step, digits) : count * step;
    }
}

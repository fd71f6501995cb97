using System.Globalization;

namespace MLNet.CrossEntropy.Reporting;

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

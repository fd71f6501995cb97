using System.Globalization;
using System.Xml.Linq;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>A low histogram below a plot that shares its axis: where the rows lie along it, on a logarithmic axis so that few rows show beside many.</summary>
internal static class Strip
{
    public static IEnumerable<XElement> Draw(Plot above, double top, double height, IEnumerable<(double Lower, double Upper, double Weight)> bins)
    {
        (double Lower, double Upper, double Weight)[] filled = [.. bins.Where(b => b.Weight > 0)];
        double most = filled.Select(b => b.Weight).DefaultIfEmpty(1).Max(), least = Math.Min(1, filled.Select(b => b.Weight).DefaultIfEmpty(1).Min());
        // Half of the least weight stands at the bottom, so that its bar has some height.
        Plot strip = new(above.XScale, Scale.Logarithmic(least / 2, most), above.Left, top, above.Width, height);
        foreach ((var lower, var upper, var weight) in filled)
        {
            (var left, var right, var y) = (strip.X(lower), strip.X(upper), strip.Y(weight));
            yield return Plot.Rectangle(left + 0.5, y, right - left - 1, strip.Bottom - y, "bar s6");
        }
        yield return Plot.Line(strip.Left, strip.Bottom, strip.Right, strip.Bottom, "axis");
        yield return Plot.Text(strip.Left - 8, strip.Top + 10, most.ToString("#,##0.#", CultureInfo.InvariantCulture), "tick", "end");
        yield return Plot.Text(strip.Left - 8, strip.Bottom, "rows (log)", "tick", "end");
    }
}

using System.Xml.Linq;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Figures with their confidence intervals, one below the other: dots with whiskers and a line to compare them with.</summary>
internal static class IntervalChart
{
    private const double Width = 440;
    private const double RowHeight = 36;
    private const double Left = 26;
    private const double Top = 30;
    private const double CharacterWidth = 7;

    /// <summary>Draws intervals.</summary>
    /// <param name="intervals">From the top down.</param>
    /// <param name="reference">Where the line to compare with stands.</param>
    /// <param name="referenceName">What it is.</param>
    /// <param name="axis">What the axis shows, with its unit.</param>
    public static XElement Draw(IReadOnlyList<Interval> intervals, double reference, string referenceName, string axis)
    {
        var height = RowHeight * intervals.Count;
        Plot plot = new(ScaleOf(intervals, reference), Scale.Linear(0, 1), Left, Top, Width - 2 * Left, height);
        var svg = Plot.Drawing(Width, Top + height + 48);
        svg.Add(plot.XAxis(axis));
        if (double.IsFinite(reference))
        {
            svg.Add(Plot.Line(plot.X(reference), Top - 6, plot.X(reference), plot.Bottom, "reference"));
            svg.Add(Plot.Text(plot.X(reference), Top - 12, referenceName, "tick", "middle"));
        }
        for (var i = 0; i < intervals.Count; i++)
            svg.Add(Row(plot, intervals[i], Top + RowHeight * i));
        return svg;
    }

    private static Scale ScaleOf(IReadOnlyList<Interval> intervals, double reference)
    {
        double[] values = [.. intervals.SelectMany(i => new[] { i.Value, i.Lower, i.Upper }).Append(reference).Where(double.IsFinite)];
        return values.Length == 0 ? Scale.Linear(0, 1) : Scale.Nice(values.Min(), values.Max());
    }

    private static IEnumerable<XElement> Row(Plot plot, Interval interval, double y)
    {
        var room = (int)((plot.Width - 8) / CharacterWidth) - interval.Remark.Length;
        var name = Plot.Text(plot.Left, y + 14, TextTable.Shorten(interval.Name, Math.Max(room, 8)), "tick strong halo");
        name.Add(El("title", interval.Name));
        yield return name;
        yield return Plot.Text(plot.Right, y + 14, interval.Remark, "tick halo", "end");
        y += 25;
        if (double.IsNaN(interval.Value))
            yield break;
        if (double.IsFinite(interval.Lower) && double.IsFinite(interval.Upper))
        {
            (var lower, var upper) = (plot.X(interval.Lower), plot.X(interval.Upper));
            yield return Plot.Line(lower, y, upper, y, "line s1");
            yield return Plot.Line(lower, y - 5, lower, y + 5, "line s1");
            yield return Plot.Line(upper, y - 5, upper, y + 5, "line s1");
        }
        var x = plot.X(interval.Value);
        yield return double.IsFinite(interval.Value)
            ? Plot.Circle(x, y, 4.5, "mark s1")
            : Plot.Path([(x - 9, y - 6), (x, y), (x - 9, y + 6), (x - 9, y - 6)], "mark s2");
    }
}

/// <summary>One row of a chart of intervals.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Value">The figure; NaN where there is none.</param>
/// <param name="Lower">The interval's lower bound; NaN where there is none.</param>
/// <param name="Upper">Its upper bound.</param>
/// <param name="Remark">What stands beside it.</param>
internal sealed record Interval(string Name, double Value, double Lower, double Upper, string Remark);

using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>A plane between two axes on which charts draw, in the units of a drawing of fixed size.</summary>
internal sealed class Plot
{
    private const double TickLength = 4;

    public Plot(Scale x, Scale y, double left, double top, double width, double height)
    {
        (XScale, YScale) = (x, y);
        (Left, Top, Width, Height) = (left, top, width, height);
    }

    public Scale XScale { get; }

    public Scale YScale { get; }

    public double Left { get; }

    public double Top { get; }

    public double Width { get; }

    public double Height { get; }

    public double Right => Left + Width;

    public double Bottom => Top + Height;

    public double X(double value) => Left + Width * XScale.Share(value);

    public double Y(double value) => Bottom - Height * YScale.Share(value);

    /// <summary>An empty drawing.</summary>
    public static XElement Drawing(double width, double height) =>
        El("svg", At("viewBox", FormattableString.Invariant($"0 0 {width:0.##} {height:0.##}")), At("width", width), At("height", height));

    public static XElement Text(double x, double y, string text, string kind, string anchor = "start") =>
        El("text", At("x", x), At("y", y), Class(kind), anchor == "start" ? null : At("text-anchor", anchor), text);

    public static XElement Line(double x1, double y1, double x2, double y2, string kind) =>
        El("line", At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), Class(kind));

    public static XElement Rectangle(double x, double y, double width, double height, string kind) =>
        El("rect", At("x", x), At("y", y), At("width", Math.Max(width, 0)), At("height", Math.Max(height, 0)), Class(kind));

    public static XElement Circle(double x, double y, double radius, string kind) =>
        El("circle", At("cx", x), At("cy", y), At("r", radius), Class(kind));

    /// <summary>A line through points given in the drawing's units.</summary>
    public static XElement Path(IEnumerable<(double X, double Y)> points, string kind)
    {
        StringBuilder path = new();
        foreach ((var x, var y) in points)
            path.Append(path.Length == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{x:0.##} {y:0.##}");
        return El("path", At("d", path.ToString()), Class(kind));
    }

    /// <summary>The axis below: grid lines, ticks, their labels and what it shows.</summary>
    public IEnumerable<XElement> XAxis(string label, Func<double, string>? format = null)
    {
        foreach (var tick in XScale.Ticks)
        {
            yield return Line(X(tick), Top, X(tick), Bottom + TickLength, "grid");
            yield return Text(X(tick), Bottom + 17, (format ?? NiceTicks.Label)(tick), "tick", "middle");
        }
        yield return Line(Left, Bottom, Right, Bottom, "axis");
        yield return Text(Left + Width / 2, Bottom + 36, label, "label", "middle");
    }

    /// <summary>The axis at the left.</summary>
    public IEnumerable<XElement> YAxis(string label, Func<double, string>? format = null)
    {
        foreach (var tick in YScale.Ticks)
        {
            yield return Line(Left - TickLength, Y(tick), Right, Y(tick), "grid");
            yield return Text(Left - 8, Y(tick) + 4, (format ?? NiceTicks.Label)(tick), "tick", "end");
        }
        yield return Line(Left, Top, Left, Bottom, "axis");
        var title = Text(0, 0, label, "label", "middle");
        var place = FormattableString.Invariant($"translate({Left - 46:0.##} {Top + Height / 2:0.##}) rotate(-90)");
        title.SetAttributeValue("transform", place);
        title.Attribute("x")!.Remove();
        title.Attribute("y")!.Remove();
        yield return title;
    }

    /// <summary>
    /// A low histogram below that shares the axis: where the rows lie along it, on a logarithmic axis so that few rows show beside many.
    /// </summary>
    public IEnumerable<XElement> Strip(double top, double height, IEnumerable<(double Lower, double Upper, double Weight)> bins)
    {
        (double Lower, double Upper, double Weight)[] filled = [.. bins.Where(b => b.Weight > 0)];
        var most = filled.Select(b => b.Weight).DefaultIfEmpty(1).Max();
        var least = Math.Min(1, filled.Select(b => b.Weight).DefaultIfEmpty(1).Min());
        // Half of the least weight stands at the bottom, so that its bar has some height.
        Plot strip = new(XScale, Scale.Logarithmic(least / 2, most), Left, top, Width, height);
        foreach ((var lower, var upper, var weight) in filled)
        {
            (var left, var right, var y) = (strip.X(lower), strip.X(upper), strip.Y(weight));
            yield return Rectangle(left + 0.5, y, right - left - 1, strip.Bottom - y, "bar s6");
        }
        yield return Line(strip.Left, strip.Bottom, strip.Right, strip.Bottom, "axis");
        yield return Text(strip.Left - 8, strip.Top + 10, most.ToString("#,##0.#", CultureInfo.InvariantCulture), "tick", "end");
        yield return Text(strip.Left - 8, strip.Bottom, "rows (log)", "tick", "end");
    }
}

using System.Xml.Linq;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Lines over one axis, each with its name and its last value above them.</summary>
internal static class LineChart
{
    private const double Width = 440;
    private const double PlotHeight = 240;
    private const double LegendLine = 20;
    private const int MostPoints = 400;
    private const int MostMarks = 40;
    private const int LongestName = 30;

    /// <summary>Values that span more than this ratio are drawn on a logarithmic axis.</summary>
    private const double LogarithmicFrom = 20;

    /// <summary>The lines; <paramref name="x"/> and <paramref name="y"/> say what the axes show.</summary>
    public static Chart Of(string title, string note, string x, string y, IReadOnlyList<ChartLine> lines)
    {
        double[] places = [.. lines.SelectMany(l => l.Points).Select(p => p.X).Distinct().Order()];
        var top = 14 + LegendLine * lines.Count;
        var across = places.Length == 0 ? Scale.Linear(0, 1) : Scale.Linear(places.Length == 1 ? 0 : places[0], places[^1]);
        Plot plot = new(across, ScaleOf([.. lines.SelectMany(l => l.Points).Select(p => p.Y)]), 64, top, Width - 84, PlotHeight);

        var svg = Plot.Drawing(Width, top + PlotHeight + 48);
        svg.Add(plot.XAxis(x), plot.YAxis(y));
        for (var i = 0; i < lines.Count; i++)
            svg.Add(Draw(plot, lines[i], MostMarks), Legend(lines[i], x, 14 + LegendLine * i));
        var words = $"Lines of {y} by {x}. {string.Join(" ", lines.Select(l => InWords(l, x)))}";
        return new(title, words, note, svg, TableOf(title, x, places, lines));
    }

    private static Scale ScaleOf(double[] values)
    {
        if (values.Length == 0)
            return Scale.Linear(0, 1);
        (var low, var high) = (values.Min(), values.Max());
        return low > 0 && high / low > LogarithmicFrom ? Scale.Logarithmic(low, high) : Scale.Nice(low, high);
    }

    /// <summary>The line, and marks on it where its points are few.</summary>
    public static IEnumerable<XElement> Draw(Plot plot, ChartLine line, int mostMarks)
    {
        if (line.Points.Count == 0)
            yield break;
        var stride = (line.Points.Count + MostPoints - 1) / MostPoints;
        var drawn = line.Points.Where((_, i) => i % stride == 0 || i == line.Points.Count - 1);
        (double X, double Y)[] points = [.. drawn.Select(p => (plot.X(p.X), plot.Y(p.Y)))];
        yield return Plot.Path(points, Kind(line, "line"));
        foreach ((var x, var y) in points.Length <= mostMarks ? points : [points[^1]])
            yield return Marker(line, x, y);
        foreach ((var x, var y) in line.Points.Where(p => p.X == line.Ring))
            yield return Plot.Circle(plot.X(x), plot.Y(y), 6, Kind(line, "ring"));
    }

    private static IEnumerable<XElement> Legend(ChartLine line, string x, double y)
    {
        yield return Plot.Path([(64, y - 4), (100, y - 4)], Kind(line, "line"));
        yield return Marker(line, 82, y - 4);
        var last = line.Points.Count == 0 ? "no finite value" : $"{Figures.Loss(line.Points[^1].Y)} at {x} {Place(line.Points[^1].X)}";
        yield return Plot.Text(108, y, $"{TextTable.Shorten(line.Name, LongestName)}: {last}", "tick");
    }

    private static XElement Marker(ChartLine line, double x, double y) =>
        line.IsDashed ? Plot.Rectangle(x - 3, y - 3, 6, 6, Kind(line, "mark")) : Plot.Circle(x, y, 2.8, Kind(line, "mark"));

    private static string Kind(ChartLine line, string what) =>
        FormattableString.Invariant($"{what} s{line.Colour % 6 + 1}{(line.IsDashed ? " dashed" : "")}");

    private static string InWords(ChartLine line, string x)
    {
        if (line.Points.Count == 0)
            return $"{line.Name}: no finite value.";
        (var first, var last, var lowest) = (line.Points[0], line.Points[^1], line.Points.Min(p => p.Y));
        var path = $"from {Figures.Loss(first.Y)} to {Figures.Loss(last.Y)} at {x} {Place(last.X)}";
        return $"{line.Name}: {path}, lowest {Figures.Loss(lowest)}.";
    }

    private static string Place(double x) => Figures.Of(x, "0.####");

    private static Table TableOf(string title, string x, double[] places, IReadOnlyList<ChartLine> lines)
    {
        Dictionary<double, double>[] values = [.. lines.Select(l => l.Points.GroupBy(p => p.X).ToDictionary(g => g.Key, g => g.Last().Y))];
        var stride = Math.Max(1, (places.Length + MostPoints - 1) / MostPoints);
        return new(
            title,
            [new(x, NumberFormat.Of("0.####")), .. lines.Select(l => new Column(l.Name, NumberFormat.Loss))],
            [
                .. places.Where((_, i) => (i + 1) % stride == 0 || i == places.Length - 1).Select(at => (Cell[])
                    [at, .. values.Select(v => v.TryGetValue(at, out var y) ? (Cell)y : "")]),
            ]);
    }
}

/// <summary>One line of a <see cref="LineChart"/>.</summary>
/// <param name="Name">What the line is.</param>
/// <param name="Colour">The number of its colour.</param>
/// <param name="IsDashed">Whether it is dashed, with squares for marks, so that colour is not needed to tell it from others.</param>
/// <param name="Ring">Where along the x axis a ring marks it; null for none.</param>
/// <param name="Points">Its points, from left to right, all finite.</param>
internal sealed record ChartLine(string Name, int Colour, bool IsDashed, double? Ring, IReadOnlyList<(double X, double Y)> Points);

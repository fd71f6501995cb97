using System.Xml.Linq;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>One line for each model in the unit square; which is which, the legend above the charts says.</summary>
internal static class OverlayChart
{
    private const double Size = 270;
    private const double Left = 62;
    private const double Top = 12;

    /// <summary>The chart; null where no model has a line.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="note">How to read it.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="hasDiagonal">Whether the diagonal from the bottom left is drawn, too.</param>
    /// <param name="lines">A line for each model, perhaps without points.</param>
    /// <param name="behind">What else is drawn, behind the lines.</param>
    public static Chart? Of(string title, string note, string x, string y, bool hasDiagonal, IReadOnlyList<ChartLine> lines,
        Func<Plot, IEnumerable<XElement>>? behind = null)
    {
        ChartLine[] drawn = [.. lines.Where(line => line.Points.Count > 0)];
        if (drawn.Length == 0)
            return null;
        Plot plot = new(Scale.Linear(0, 1), Scale.Linear(0, 1), Left, Top, Size, Size);
        var svg = Plot.Drawing(Left + Size + 12, Top + Size + 44);
        svg.Add(plot.XAxis(x), plot.YAxis(y));
        if (hasDiagonal)
            svg.Add(Plot.Line(plot.Left, plot.Bottom, plot.Right, plot.Top, "reference"));
        svg.Add(behind?.Invoke(plot));
        foreach (var line in drawn)
            svg.Add(LineChart.Draw(plot, line, mostMarks: 16));
        return new(
            title,
            $"{y} by {x}, a line for each of {string.Join(", ", drawn.Select(line => line.Name))}.",
            note,
            svg,
            new(
                title,
                [new("model"), new(x, NumberFormat.Share), new(y, NumberFormat.Share)],
                [.. drawn.SelectMany(line => line.Points.Select(p => (Cell[])[line.Name, p.X, p.Y]))]));
    }
}

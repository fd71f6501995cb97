using System.Xml.Linq;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Forecast probabilities against the frequencies with which they came true, and what chance alone allows.</summary>
internal static class ReliabilityChart
{
    private const double Size = 300;
    private const double Left = 76;
    private const double Top = 20;
    private const double StripTop = Top + Size + 50;
    private const double StripHeight = 44;
    private const double LegendLine = 20;

    /// <summary>So many the page has for series.</summary>
    private const int Colours = 6;

    /// <summary>The quantile of 95 % of a normal distribution.</summary>
    private const double TwoSided95 = 1.959963984540054;

    private const string Note =
        "On the diagonal, forecasts come true as often as they say. "
        + "The band is where 95% of the dots of a perfectly calibrated model would lie; open dots lie outside it. "
        + "Below the diagonal the model is too sure of itself. A dot's size follows its weight; the bars count the rows.";

    /// <summary>Draws a diagram.</summary>
    /// <param name="diagram">Its bins.</param>
    /// <param name="forecast">What was forecast: "the predicted class is right".</param>
    public static Chart Of(ReliabilityDiagram diagram, string forecast)
    {
        ReliabilityBin[] bins = [.. diagram.Bins.Where(b => b.Weight > 0)];
        Plot plot = new(Scale.Linear(0, 1), Scale.Linear(0, 1), Left, Top, Size, Size);
        var svg = Plot.Drawing(Left + Size + 20, StripTop + StripHeight + 12);
        svg.Add(bins.Select(b => Band(plot, b)));
        svg.Add(plot.XAxis("forecast probability"), plot.YAxis("observed frequency"));
        svg.Add(Plot.Line(plot.Left, plot.Bottom, plot.Right, plot.Top, "reference"));
        var most = bins.Select(b => b.Weight).DefaultIfEmpty(1).Max();
        svg.Add(bins.Select(b => Plot.Circle(
            plot.X(b.Confidence), plot.Y(b.Frequency), 3 + 5 * Math.Sqrt(b.Weight / most), IsOutside(b) ? "mark open s2" : "mark s1")));
        svg.Add(plot.Strip(StripTop, StripHeight, bins.Select(b => (b.Lower, b.Upper, b.Weight))));

        (var error, var byChance) = (diagram.ExpectedCalibrationError, diagram.ExpectedUnderPerfectCalibration);
        var figures = $"ECE {Figures.Share(error)}, of which chance alone would give {Figures.Share(byChance)}; "
            + $"largest gap {Figures.Share(diagram.MaximumCalibrationError)}.";
        return new(
            $"Reliability: {forecast}",
            $"Observed frequency by forecast probability in {bins.Length} filled bins of {diagram.Bins.Count}; "
                + $"{bins.Count(IsOutside)} lie outside what chance allows. {figures}",
            $"{figures} {Note}",
            svg,
            TableOf(diagram, forecast));
    }

    /// <summary>Draws several diagrams, of models or of folds, over one another.</summary>
    /// <param name="diagrams">Each with its name; the first six have colours of their own, the next six open dots.</param>
    /// <param name="forecast">What was forecast: "the predicted class is right".</param>
    public static Chart Of(IReadOnlyList<(string Name, ReliabilityDiagram Diagram)> diagrams, string forecast)
    {
        Plot plot = new(Scale.Linear(0, 1), Scale.Linear(0, 1), Left, Top, Size, Size);
        var svg = Plot.Drawing(Left + Size + 20, Top + Size + 50 + LegendLine * diagrams.Count);
        svg.Add(plot.XAxis("forecast probability"), plot.YAxis("observed frequency"));
        svg.Add(Plot.Line(plot.Left, plot.Bottom, plot.Right, plot.Top, "reference"));
        for (var i = 0; i < diagrams.Count; i++)
        {
            (var name, var diagram) = diagrams[i];
            string kind = FormattableString.Invariant($"s{i % Colours + 1}"), mark = i < Colours ? $"mark {kind}" : $"mark open {kind}";
            ReliabilityBin[] bins = [.. diagram.Bins.Where(b => b.Weight > 0)];
            svg.Add(bins.Select(b => Whisker(plot, b, kind)));
            (double X, double Y)[] points = [.. bins.Select(b => (plot.X(b.Confidence), plot.Y(b.Frequency)))];
            svg.Add(Plot.Path(points, $"line {kind}{(i < Colours ? "" : " dashed")}"), points.Select(p => Plot.Circle(p.X, p.Y, 3, mark)));
            var y = Top + Size + 56 + LegendLine * i;
            svg.Add(Plot.Circle(Left, y - 4, 4, mark), Plot.Text(Left + 12, y, $"{TextTable.Shorten(name, 24)}: {Error(diagram)}", "tick"));
        }
        return new(
            $"Reliability: {forecast}",
            $"Observed frequency by forecast probability. {string.Join(" ", diagrams.Select(d => $"{d.Name}: {Error(d.Diagram)}."))}",
            "On the diagonal, forecasts come true as often as they say. "
                + "The bars are 95% intervals of each bin's frequency (Clopper-Pearson).",
            svg,
            TableOf(diagrams, forecast));
    }

    private static string Error(ReliabilityDiagram diagram) =>
        $"ECE {Figures.Share(diagram.ExpectedCalibrationError)} (chance {Figures.Share(diagram.ExpectedUnderPerfectCalibration)})";

    private static Table TableOf(ReliabilityDiagram diagram, string forecast)
    {
        var table = TableOf([("", diagram)], forecast);
        return table with { Columns = [.. table.Columns.Skip(1)], Rows = [.. table.Rows.Select(row => row[1..])] };
    }

    private static Table TableOf(IReadOnlyList<(string Name, ReliabilityDiagram Diagram)> diagrams, string forecast) => new(
        $"Reliability: {forecast}",
        [
            new("of"), new("forecast from", NumberFormat.Probability), new("to", NumberFormat.Probability),
            new("weight", NumberFormat.Weight), new("mean forecast", NumberFormat.Share), new("observed frequency", NumberFormat.Share),
            new("chance deviation", NumberFormat.Share), new("95% from", NumberFormat.Share), new("to", NumberFormat.Share),
        ],
        [.. diagrams.SelectMany(d => d.Diagram.Bins.Select(b => RowOf(d.Name, b)))]);

    private static Cell[] RowOf(string name, ReliabilityBin bin)
    {
        var interval = bin.Interval();
        return
        [
            name, bin.Lower, bin.Upper, bin.Weight, bin.Confidence, bin.Frequency, bin.ChanceDeviation, interval.Lower, interval.Upper,
        ];
    }

    private static XElement Whisker(Plot plot, ReliabilityBin bin, string kind)
    {
        var interval = bin.Interval();
        return Plot.Line(
            plot.X(bin.Confidence), plot.Y(interval.Lower), plot.X(bin.Confidence), plot.Y(interval.Upper), $"line whisker {kind}");
    }

    private static bool IsOutside(ReliabilityBin bin) => bin.Gap > TwoSided95 * bin.ChanceDeviation;

    private static XElement Band(Plot plot, ReliabilityBin bin)
    {
        var margin = TwoSided95 * bin.ChanceDeviation;
        (var top, var bottom) = (plot.Y(bin.Confidence + margin), plot.Y(bin.Confidence - margin));
        return Plot.Rectangle(plot.X(bin.Lower), top, plot.X(bin.Upper) - plot.X(bin.Lower), bottom - top, "band");
    }
}

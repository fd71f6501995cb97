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

    private static Table TableOf(ReliabilityDiagram diagram, string forecast) => new(
        $"Reliability: {forecast}",
        [
            new("forecast from", NumberFormat.Probability), new("to", NumberFormat.Probability), new("weight", NumberFormat.Weight),
            new("mean forecast", NumberFormat.Share), new("observed frequency", NumberFormat.Share),
            new("chance deviation", NumberFormat.Share), new("95% from", NumberFormat.Share), new("to", NumberFormat.Share),
        ],
        [.. diagram.Bins.Select(RowOf)]);

    private static Cell[] RowOf(ReliabilityBin bin)
    {
        var interval = bin.Interval();
        return [bin.Lower, bin.Upper, bin.Weight, bin.Confidence, bin.Frequency, bin.ChanceDeviation, interval.Lower, interval.Upper];
    }

    private static bool IsOutside(ReliabilityBin bin) => bin.Gap > TwoSided95 * bin.ChanceDeviation;

    private static XElement Band(Plot plot, ReliabilityBin bin)
    {
        var margin = TwoSided95 * bin.ChanceDeviation;
        (var top, var bottom) = (plot.Y(bin.Confidence + margin), plot.Y(bin.Confidence - margin));
        return Plot.Rectangle(plot.X(bin.Lower), top, plot.X(bin.Upper) - plot.X(bin.Lower), bottom - top, "band");
    }
}

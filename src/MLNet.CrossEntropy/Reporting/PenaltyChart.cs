using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>The loss -log q that a row costs for the probability q given to its true class, and where the rows lie on it.</summary>
internal static class PenaltyChart
{
    private const double Width = 396;
    private const double Height = 300;
    private const double Left = 76;
    private const double Top = 20;
    private const double StripTop = Top + Height + 50;
    private const double StripHeight = 44;
    private const double HighestNats = 7;

    public static Chart Of(CrossEntropyMetrics metrics, LossUnit unit)
    {
        var bins = metrics.RowsByProbability;
        Plot plot = new(Scale.Linear(0, 1), Scale.Linear(0, unit.Of(HighestNats), 8), Left, Top, Width - Left - 20, Height);
        var svg = Plot.Drawing(Width, StripTop + StripHeight + 12);
        svg.Add(plot.XAxis("probability q given to the true class"), plot.YAxis($"loss −log q ({unit.Name})"));
        svg.Add(Plot.Path(Curve().Select(q => (plot.X(q), plot.Y(unit.Of(-Math.Log(q))))), "line s1"));
        double weight = bins.Sum(b => b.Weight), total = bins.Sum(b => b.Loss);
        svg.Add(bins.Where(b => b.Loss > 0).Select(b => Bubble(plot, b, total, unit)));
        svg.Add(References(plot, metrics, unit));
        svg.Add(plot.Strip(StripTop, StripHeight, bins.Select(b => (b.Lower, b.Upper, b.Weight))));

        LossBin[] below = [.. bins.Where(b => b.Upper <= 0.5)];
        var shares = bins.Count == 0
            ? "There are no rows."
            : $"{Figures.Percent(below.Sum(b => b.Weight) / weight)} of the rows give their true class less than one half, "
                + $"and these carry {Figures.Percent(total > 0 ? below.Sum(b => b.Loss) / total : 0)} of the loss.";
        return new(
            "What each row pays",
            $"The curve of the loss against the probability of the true class, with the rows on it. {shares}",
            $"{shares} The loss is 0 at q = 1 and grows without bound as q nears 0 "
                + $"(the axis ends at {Figures.Of(unit.Of(HighestNats), "0.#")} {unit.Name}). "
                + "A circle's area is the share of the whole loss that the rows at that q carry; the bars count the rows.",
            svg,
            TableOf(bins, weight, total));
    }

    private static Table TableOf(IReadOnlyList<LossBin> bins, double weight, double loss) => new(
        "Rows by the probability given to their true class",
        [
            new("q from", NumberFormat.Share), new("to", NumberFormat.Share), new("rows", NumberFormat.Count),
            new("weight", NumberFormat.Weight), new("share of rows", NumberFormat.Percent),
            new("share of loss", NumberFormat.Percent),
        ],
        [.. bins.Select(b => (Cell[])[b.Lower, b.Upper, b.Rows, b.Weight, b.Weight / weight, loss > 0 ? b.Loss / loss : 0])]);

    private static XElement Bubble(Plot plot, LossBin bin, double total, LossUnit unit)
    {
        var mean = bin.Loss / bin.Weight;
        return Plot.Circle(plot.X(Math.Exp(-mean)), plot.Y(unit.Of(mean)), 1.5 + 14 * Math.Sqrt(bin.Loss / total), "bubble s2");
    }

    /// <summary>Points that stand close where the curve is steep.</summary>
    private static IEnumerable<double> Curve() =>
        Enumerable.Range(0, 121).Select(i => Math.Exp(-HighestNats * Math.Pow(1 - i / 120.0, 2)));

    private static IEnumerable<XElement> References(Plot plot, CrossEntropyMetrics metrics, LossUnit unit)
    {
        double mean = unit.Of(metrics.LogLoss), entropy = unit.Of(metrics.LabelEntropy);
        (double Value, string Label, string Kind)[] lines =
            [(mean, "log-loss", "reference"), (entropy, "label entropy", "reference faint")];
        var above = plot.Bottom + 14;
        foreach ((var value, var label, var kind) in lines.Where(l => l.Value > 0 && l.Value < plot.YScale.High).OrderBy(l => l.Value))
        {
            // A label stands on its line, or on the label below where the lines are close.
            double y = plot.Y(value), text = Math.Min(y - 5, above - 14);
            yield return Plot.Line(plot.Left, y, plot.Right, y, kind);
            yield return Plot.Text(plot.Right - 4, text, $"{label} {Figures.Of(value, "0.000")}", "tick halo", "end");
            above = text;
        }
    }
}

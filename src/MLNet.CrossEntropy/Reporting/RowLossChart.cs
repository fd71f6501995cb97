using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>The histogram of row losses: which share of the rows, and which share of the whole loss, lies where.</summary>
internal static class RowLossChart
{
    private const double Width = 440;
    private const double Height = 240;
    private const double Left = 64;
    private const double Top = 40;
    private const int MostBars = 40;

    private sealed record Bar(double Lower, double Upper, long Rows, double Share, double LossShare);

    public static Chart Of(CrossEntropyMetrics metrics, LossUnit unit)
    {
        (var bars, var beyond) = Gather(metrics.RowsByLoss, unit);
        var end = bars.Select(b => b.Upper).DefaultIfEmpty(1).Max();
        var step = bars.Select(b => b.Upper - b.Lower).DefaultIfEmpty(end).Max();
        var all = beyond is null ? bars : [.. bars, beyond with { Lower = end + step / 2, Upper = end + step * 1.5 }];
        var highest = all.SelectMany(b => new[] { b.Share, b.LossShare }).DefaultIfEmpty(1).Max();
        var across = Scale.Linear(0, all.Select(b => b.Upper).DefaultIfEmpty(1).Max());
        Plot plot = new(across, Scale.Nice(0, highest), Left, Top, Width - Left - 20, Height);

        var svg = Plot.Drawing(Width, Top + Height + 48);
        svg.Add(plot.XAxis($"loss of a row ({unit.Name})", v => v > end ? "" : NiceTicks.Label(v)));
        svg.Add(plot.YAxis("share", v => Figures.Of(100 * v, "0.#") + "%"));
        svg.Add(all.Select(b => DrawBar(plot, b)));
        svg.Add(Plot.Rectangle(Left, 12, 16, 12, "bar s1"), Plot.Text(Left + 22, 22, "share of the rows", "tick"));
        svg.Add(Plot.Rectangle(Left + 160, 12, 16, 12, "bar open s2"), Plot.Text(Left + 182, 22, "share of the whole loss", "tick"));
        if (beyond is not null)
        {
            var words = $"{Figures.Of(beyond.Lower, "0.#")} {unit.Name} or more: {Figures.Rows(beyond.Rows)}";
            svg.Add(Plot.Text(plot.X(all[^1].Upper), plot.Top - 4, words, "tick", "end"));
        }
        var summary = InWords(metrics, unit);
        return new(
            "Row losses",
            $"A histogram of the losses of single rows in {unit.Name}, and of the share of the whole loss that they carry. {summary}",
            $"{summary} Where the open bars outgrow the filled ones, few rows make up much of the log-loss.",
            svg,
            new(
                "Rows by their loss",
                [
                    new($"loss from ({unit.Name})", NumberFormat.Loss), new("to", NumberFormat.Loss), new("rows", NumberFormat.Count),
                    new("share of rows", NumberFormat.Percent), new("share of loss", NumberFormat.Percent),
                ],
                [
                    .. bars.Concat(beyond is null ? [] : [beyond]).Select(b => (Cell[])[b.Lower, b.Upper, b.Rows, b.Share, b.LossShare]),
                ]));
    }

    private static string InWords(CrossEntropyMetrics metrics, LossUnit unit)
    {
        var bins = metrics.RowsByLoss;
        double weight = bins.Sum(b => b.Weight), loss = bins.Sum(b => b.Loss);
        if (bins.Count == 0)
            return "There are no rows.";
        if (loss == 0)
            return "No row has any loss.";
        // The fewest of the worst rows that carry half of the loss, to the width of an interval.
        double carried = 0, rows = 0;
        foreach (var bin in bins.Reverse().TakeWhile(_ => carried < loss / 2))
            (carried, rows) = (carried + bin.Loss, rows + bin.Weight);
        return $"The worst {Figures.Percent(rows / weight)} of the rows carry {Figures.Percent(carried / loss)} "
            + $"of the log-loss of {unit.Text(metrics.ClippedLogLoss)} {unit.Name}.";
    }

    /// <summary>Joins intervals by twos until they are few, and keeps the last, open one apart.</summary>
    private static (Bar[] Bars, Bar? Beyond) Gather(IReadOnlyList<LossBin> bins, LossUnit unit)
    {
        double weight = bins.Sum(b => b.Weight), loss = bins.Sum(b => b.Loss);
        LossBin[] closed = [.. bins.Where(b => double.IsFinite(b.Upper))];
        var narrowest = closed.Select(b => b.Upper - b.Lower).DefaultIfEmpty(1).Min();
        double end = closed.Select(b => b.Upper).DefaultIfEmpty(0).Max(), width = narrowest;
        while (end / width > MostBars)
            width *= 2;
        Bar[] bars =
        [
            .. closed.GroupBy(b => (int)Math.Floor(b.Lower / width)).Select(g =>
                BarOf(g.Key * width, (g.Key + 1) * width, g.ToArray())),
        ];
        LossBin[] open = [.. bins.Where(b => double.IsInfinity(b.Upper))];
        return (bars, open.Length == 0 ? null : BarOf(open[0].Lower, open[0].Upper, open));

        Bar BarOf(double lower, double upper, LossBin[] of) => new(
            unit.Of(lower),
            unit.Of(upper),
            of.Sum(b => b.Rows),
            of.Sum(b => b.Weight) / weight,
            loss > 0 ? of.Sum(b => b.Loss) / loss : 0);
    }

    private static IEnumerable<XElement> DrawBar(Plot plot, Bar bar)
    {
        (var left, var right) = (plot.X(bar.Lower), plot.X(bar.Upper));
        var half = (right - left) / 2;
        yield return Plot.Rectangle(left + 0.5, plot.Y(bar.Share), half - 1, plot.Bottom - plot.Y(bar.Share), "bar s1");
        yield return Plot.Rectangle(left + half, plot.Y(bar.LossShare), half - 1.5, plot.Bottom - plot.Y(bar.LossShare), "bar open s2");
    }
}

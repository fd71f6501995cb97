using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>All models at a glance, the best first: figures, differences to the best, reliability, ROC and precision-recall.</summary>
internal static class OverviewSection
{
    private const int MostCurvePoints = 200;

    private const string PairedNote =
        "Right of the line a model loses more than that one on the same rows. Bars are confidence intervals of the mean difference.";

    private const string AloneNote =
        "Bars are confidence intervals of each model alone. Models evaluated on the same rows can differ clearly even where their bars "
        + "overlap: add a comparison to see that.";

    private const string BrierNote =
        "The Brier score of a binary model is (q - y)^2, half of what the same model has as one of two classes; "
        + "its calibration error is that of one class, not of the answer.";

    /// <summary>The section's content.</summary>
    /// <param name="models">Evaluated models, the best first.</param>
    /// <param name="comparisons">The comparisons of models.</param>
    /// <param name="unit">The unit of losses.</param>
    public static IEnumerable<XElement> Of(
        IReadOnlyList<ReportedModel> models, IReadOnlyList<CrossEntropyComparison> comparisons, LossUnit unit)
    {
        if (models.Count > 1)
        {
            yield return El("div", Class("overview"), FiguresOf(models, unit).ToElement(showCaption: false),
                Losses(models, comparisons, unit).ToElement("losses"));
        }
        if (models.Any(m => m.Metrics is BinaryCrossEntropyMetrics) && models.Any(m => m.Metrics is MulticlassCrossEntropyMetrics))
            yield return El("p", BrierNote);
        Chart[] charts = [.. ((Chart?[])[Reliability(models), .. Curves(models)]).OfType<Chart>()];
        if (charts.Length == 0)
            yield break;
        if (models.Count > 1)
            yield return Legend(models);
        var figures = charts.Select((chart, i) => chart.ToElement(FormattableString.Invariant($"overlay-{i + 1}")));
        yield return El("div", Class("overlays"), figures);
    }

    /// <summary>The figures that any of the models has.</summary>
    private static Table FiguresOf(IReadOnlyList<ReportedModel> models, LossUnit unit)
    {
        (Column Column, Func<ReportedModel, double> Of)[] figures =
        [
            (new($"log-loss ({unit.Name})", NumberFormat.Loss), m => unit.Of(m.Evaluation!.LogLoss)),
            (new("reduction", NumberFormat.Percent), m => m.Metrics?.LogLossReduction ?? double.NaN),
            (new("accuracy", NumberFormat.Percent),
                m => m.Metrics?.Accuracy ?? 1 - ((MultiLabelCrossEntropyMetrics)m.Evaluation!).HammingLoss),
            (new("Brier score", NumberFormat.Share), m => m.Metrics switch
            {
                MulticlassCrossEntropyMetrics of => of.BrierScore,
                BinaryCrossEntropyMetrics of => of.BrierScore,
                _ => double.NaN,
            }),
            (new("ECE", NumberFormat.Share), m => m.Reliability?.ExpectedCalibrationError ?? double.NaN),
            (new("ROC-AUC", NumberFormat.Share), m => m.Evaluation switch
            {
                MulticlassCrossEntropyMetrics of => of.MacroRocAuc,
                BinaryCrossEntropyMetrics of => of.RocAuc,
                MultiLabelCrossEntropyMetrics of =>
                    of.Labels.Select(l => l.RocAuc).Where(auc => !double.IsNaN(auc)).DefaultIfEmpty(double.NaN).Average(),
                _ => double.NaN,
            }),
        ];
        figures = [.. figures.Where((figure, j) => j == 0 || models.Any(m => !double.IsNaN(figure.Of(m))))];
        return new(
            "All models, the best first",
            [new("model"), .. figures.Select(f => f.Column)],
            [.. models.Select(m => (Cell[])[m.Name, .. figures.Select(f => (Cell)f.Of(m))])]);
    }

    /// <summary>
    /// Differences to the best, or to another model where more were compared with that, such as a baseline; where none were compared each
    /// model's own log-loss.
    /// </summary>
    private static Chart Losses(
        IReadOnlyList<ReportedModel> models, IReadOnlyList<CrossEntropyComparison> comparisons, LossUnit unit)
    {
        var reference = models.MaxBy(one => models.Count(m => PairedDifference.Of(comparisons, m.Name, one.Name) is not null))!;
        PairedDifference?[] paired = [.. models.Select(m => PairedDifference.Of(comparisons, m.Name, reference.Name))];
        var arePaired = paired.Any(difference => difference is not null);
        var itself = reference == models[0] ? "the best" : "the baseline";
        Interval[] intervals =
            [.. models.Select((m, i) => arePaired ? OfDifference(m, paired[i], m == reference ? itself : null, unit) : OfLoss(m, unit))];
        var title = arePaired ? $"Log-loss above that of {reference.Name}" : "Log-loss of each model";
        return new(
            title,
            $"A dot with a confidence interval for each model, in {unit.Name}.",
            arePaired ? PairedNote : AloneNote,
            IntervalChart.Draw(
                intervals, arePaired ? 0 : double.NaN, arePaired ? "equal" : "",
                $"{(arePaired ? "difference of " : "")}log-loss ({unit.Name})"),
            new(
                title,
                [
                    new("model"), new(unit.Name, NumberFormat.Loss), new("from", NumberFormat.Loss), new("to", NumberFormat.Loss),
                ],
                [.. intervals.Select(interval => (Cell[])[interval.Name, interval.Value, interval.Lower, interval.Upper])]));
    }

    private static Interval OfDifference(ReportedModel model, PairedDifference? difference, string? itself, LossUnit unit) =>
        difference is null
        ? new(model.Name, itself is null ? double.NaN : 0, double.NaN, double.NaN, itself ?? "not compared")
        : new(model.Name, unit.Of(difference.Value), unit.Of(difference.Interval.Lower), unit.Of(difference.Interval.Upper),
            Figures.Loss(unit.Of(difference.Value)));

    private static Interval OfLoss(ReportedModel model, LossUnit unit)
    {
        var metrics = model.Evaluation!;
        var interval = ConfidenceInterval.Normal(
            unit.Of(metrics.ClippedLogLoss), unit.Of(metrics.LogLossStandardError), metrics.LogLossInterval.Level);
        return new(model.Name, unit.Of(metrics.LogLoss), Math.Max(interval.Lower, 0), interval.Upper, unit.Text(metrics.LogLoss));
    }

    private static Chart? Reliability(IReadOnlyList<ReportedModel> models) => OverlayChart.Of(
        "Reliability",
        "On the diagonal, forecasts come true as often as they say; below it a model is too sure of itself. Bars are 95% intervals.",
        "forecast probability", "observed frequency", hasDiagonal: true,
        [.. models.Select((m, i) =>
            LineOf(m, i, Filled(m).Select(bin => (bin.Confidence, bin.Frequency))))],
        plot => models.SelectMany((m, i) => Filled(m).Select(bin => Whisker(plot, bin, i))));

    private static IEnumerable<ReliabilityBin> Filled(ReportedModel model) => model.Reliability?.Bins.Where(bin => bin.Weight > 0) ?? [];

    private static XElement Whisker(Plot plot, ReliabilityBin bin, int model)
    {
        (var x, var interval) = (plot.X(bin.Confidence), bin.Interval());
        return Plot.Line(
            x, plot.Y(interval.Lower), x, plot.Y(interval.Upper), FormattableString.Invariant($"line whisker s{model % 6 + 1}"));
    }

    /// <summary>Of two classes the second, of more the one that the best model tells from the others worst.</summary>
    private static IEnumerable<Chart?> Curves(IReadOnlyList<ReportedModel> models)
    {
        var classes = models[0].Metrics?.Classes.Where(c => c.Curves is { Points.Count: > 1 }).ToArray() ?? [];
        if (classes.Length == 0 || classes.All(c => double.IsNaN(c.RocAuc)))
            yield break;
        var name = (classes.Length <= 2 ? classes[^1] : classes.Where(c => !double.IsNaN(c.RocAuc)).MinBy(c => c.RocAuc)!).Name;
        var which = $"{name} against the rest" + (classes.Length > 2 ? $", which {models[0].Name} finds hardest." : ".");
        yield return OverlayChart.Of(
            "ROC", $"{which} Further up and left is better.", "false positive rate", "recall", hasDiagonal: true,
            [.. models.Select((m, i) => LineOf(m, i, PointsOf(m)?.Select(p => (p.FalsePositiveRate, p.Recall))))]);
        yield return OverlayChart.Of(
            "Precision and recall", $"{which} Further up and right is better.", "recall", "precision", hasDiagonal: false,
            [.. models.Select((m, i) => LineOf(m, i, PointsOf(m)?.Select(p => (p.Recall, p.Precision))))]);

        IReadOnlyList<OperatingPoint>? PointsOf(ReportedModel model) =>
            model.Metrics?.Classes.FirstOrDefault(c => c.Name == name)?.Curves?.Thinned(MostCurvePoints);
    }

    private static ChartLine LineOf(ReportedModel model, int i, IEnumerable<(double X, double Y)>? points) => new(
        model.Name, i, i / 6 % 2 == 1, null, [.. (points ?? []).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))]);

    /// <summary>One for all charts below it; colours and dashes are those of the models in each.</summary>
    private static XElement Legend(IReadOnlyList<ReportedModel> models) => El("ul", Class("legend"), models.Select((m, i) =>
        El("li", El("span", Class(FormattableString.Invariant($"swatch s{i % 6 + 1}{(i / 6 % 2 == 1 ? " dashed" : "")}"))), m.Name)));
}

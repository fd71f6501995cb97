using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>One model: its figures in short and in full, its charts, its worst rows.</summary>
internal static class ModelSection
{
    /// <summary>So many of a multi-label model's labels are shown row by row.</summary>
    private const int MostLabelsInDetail = 8;

    public static IEnumerable<XElement> Of(ReportedModel model, string id, LossUnit unit)
    {
        if (Warnings(model.Warnings) is { } warnings)
            yield return warnings;
        foreach (var element in model.Metrics is { } metrics ? Of(metrics, model.Reliability, id, unit) : Of(model.MultiLabel!, id, unit))
            yield return element;
    }

    public static XElement? Warnings(IReadOnlyList<string> warnings) => warnings.Count == 0
        ? null
        : El("ul", Class("warnings"), At("aria-label", "Warnings"), warnings.Select(w => El("li", w)));

    private static IEnumerable<XElement> Of(CrossEntropyMetrics metrics, ReliabilityDiagram? reliability, string id, LossUnit unit)
    {
        yield return Tiles(
        [
            .. LossTiles(metrics.LogLoss, metrics.ClippedLogLoss, metrics.LogLossStandardError, metrics.LogLossInterval, unit),
            ("reduction", Figures.Percent(metrics.LogLossReduction), $"against {metrics.ReferenceName}"),
            ("accuracy", Figures.Percent(metrics.Accuracy), Figures.Rows(metrics.Rows.Used)),
            (
                "calibration error",
                Figures.Share(reliability?.ExpectedCalibrationError ?? double.NaN),
                $"by chance {Figures.Share(reliability?.ExpectedUnderPerfectCalibration ?? double.NaN)}"),
        ]);
        yield return AllFigures(MetricsTables.Figures(metrics));
        var forecast = metrics is BinaryCrossEntropyMetrics ? $"the class is {metrics.Classes[1].Name}" : "the predicted class is right";
        var charts = RowCharts(metrics, reliability, forecast, id, unit);
        charts.Add(ClassLossChart.Of(metrics, unit).ToElement($"{id}-classes"));
        if (metrics.ConfusionMatrix is { } confusion)
            charts.Add(ConfusionChart.Of(confusion).ToElement($"{id}-confusion"));
        yield return charts;
        if (metrics.Segments is { Count: > 0 } segments)
            yield return El("div", El("h3", "Segments"), SegmentTables.Of(segments, unit).ToElement(showCaption: true));
        if (metrics.RowLosses.Worst.Count > 0)
            yield return Worst(metrics.RowLosses.Worst, unit);
    }

    private static IEnumerable<XElement> Of(MultiLabelCrossEntropyMetrics metrics, string id, LossUnit unit)
    {
        yield return Tiles(
        [
            .. LossTiles(metrics.LogLoss, metrics.ClippedLogLoss, metrics.LogLossStandardError, metrics.LogLossInterval, unit),
            ("Hamming loss", Figures.Share(metrics.HammingLoss), "share of wrong answers"),
            ("subset accuracy", Figures.Percent(metrics.SubsetAccuracy), "rows with every answer right"),
            ("F1", Figures.Share(metrics.Micro.F1), $"micro; macro {Figures.Share(metrics.Macro.F1)}"),
        ]);
        yield return AllFigures(MetricsTables.Figures(metrics));
        yield return ClassLossChart.Of(metrics, unit).ToElement($"{id}-labels");
        yield return LabelsInDetail(metrics, id, unit);
    }

    /// <summary>The rows of the labels that lose most, label by label, folded up.</summary>
    private static XElement LabelsInDetail(MultiLabelCrossEntropyMetrics metrics, string id, LossUnit unit)
    {
        var worstFirst = metrics.Labels.Zip(metrics.LabelNames).Select((l, i) => (Metrics: l.First, Name: l.Second, Index: i))
            .OrderByDescending(l => l.Metrics.ClippedLogLoss);
        (BinaryCrossEntropyMetrics Metrics, string Name, int Index)[] shown = [.. worstFirst.Take(MostLabelsInDetail)];
        var others = shown.Length < metrics.Labels.Count ? $" ({shown.Length} of {metrics.Labels.Count})" : "";
        return El(
            "div",
            El("h3", $"The labels of the largest log-loss in detail{others}"),
            shown.Select(l => El(
                "details",
                El("summary", $"{l.Name}: {unit.Text(l.Metrics.LogLoss)} {unit.Name}"),
                RowCharts(l.Metrics, l.Metrics.Reliability, $"{l.Name} is a yes", $"{id}-label-{l.Index}", unit))));
    }

    /// <summary>What the rows pay, how reliable their forecasts are, and how their losses are spread.</summary>
    private static XElement RowCharts(
        CrossEntropyMetrics metrics, ReliabilityDiagram? reliability, string forecast, string id, LossUnit unit)
    {
        var charts = El("div", Class("charts"), PenaltyChart.Of(metrics, unit).ToElement($"{id}-penalty"));
        if (reliability is not null)
            charts.Add(ReliabilityChart.Of(reliability, forecast).ToElement($"{id}-reliability"));
        charts.Add(RowLossChart.Of(metrics, unit).ToElement($"{id}-losses"));
        return charts;
    }

    private static IEnumerable<(string, string, string)> LossTiles(
        double logLoss, double clipped, double standardError, ConfidenceInterval interval, LossUnit unit)
    {
        var shown = ConfidenceInterval.Normal(unit.Of(clipped), unit.Of(standardError), interval.Level);
        var level = Figures.Of(100 * interval.Level, "0.#");
        var bounds = double.IsNaN(shown.Lower)
            ? "no interval: too few rows"
            : $"{level}% CI {Figures.Loss(shown.Lower)} to {Figures.Loss(shown.Upper)}";
        var isInfinite = double.IsInfinity(logLoss);
        yield return ($"log-loss ({unit.Name})", unit.Text(logLoss), isInfinite ? "a true class has probability 0" : bounds);
        if (isInfinite)
            yield return ($"clipped log-loss ({unit.Name})", unit.Text(clipped), bounds);
    }

    private static XElement Tiles(IEnumerable<(string Name, string Value, string Remark)> tiles) =>
        El("dl", Class("tiles"), tiles.Select(t => El("div", El("dt", t.Name), El("dd", t.Value, El("small", t.Remark)))));

    private static XElement AllFigures(Table figures) => El(
        "details",
        El("summary", "All figures"),
        El("div", Class("text"), figures.ToElement(showCaption: false)));

    private static XElement Worst(IReadOnlyList<WorstRow> rows, LossUnit unit)
    {
        Table table = new(
            "The rows of the largest losses, counted from 0 in the order of the data",
            [
                new("row", NumberFormat.Count), new("true class"), new("predicted class"),
                new("its probability", NumberFormat.Probability), new("probability of the true class", NumberFormat.Probability),
                new($"loss ({unit.Name})", NumberFormat.Loss), new("id"),
            ],
            [.. rows.Select(r => (Cell[])[r.Row, r.Label, r.Predicted, r.PredictedProbability, r.Probability, unit.Of(r.Loss), r.Id])]);
        if (rows.All(r => r.Id is null))
            table = table with { Columns = [.. table.Columns.SkipLast(1)], Rows = [.. table.Rows.Select(row => row[..^1])] };
        return El("div", El("h3", "The rows of the largest losses"), table.ToElement(showCaption: true));
    }
}

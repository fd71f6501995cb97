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
        var metrics = model.Evaluation!;
        if (Warnings(metrics.Warnings) is { } warnings)
            yield return warnings;
        var (tiles, details) = metrics is MultiLabelCrossEntropyMetrics labels
            ? (TilesOf(labels), Of(labels, id, unit))
            : (TilesOf(model.Metrics!, model.Reliability), Of(model.Metrics!, model.Reliability, id, unit));
        yield return Tiles([.. LossTiles(metrics, unit), .. tiles]);
        yield return AllFigures(MetricsTables.Figures(metrics));
        foreach (var element in details)
            yield return element;
        if (metrics.Segments is { Count: > 0 } segments)
            yield return El("div", El("h3", "Segments"), SegmentTables.Of(segments, unit).ToElement(showCaption: true));
        if (model.Metrics?.WorstRows is { Count: > 0 } worst)
            yield return Worst(worst, unit);
    }

    public static XElement? Warnings(IReadOnlyList<string> warnings) => warnings.Count == 0
        ? null
        : El("ul", Class("warnings"), At("aria-label", "Warnings"), warnings.Select(w => El("li", w)));

    private static IEnumerable<XElement> Of(CrossEntropyMetrics metrics, ReliabilityDiagram? reliability, string id, LossUnit unit)
    {
        var forecast = metrics is BinaryCrossEntropyMetrics ? $"the class is {metrics.Classes[1].Name}" : "the predicted class is right";
        var charts = RowCharts(metrics, reliability, forecast, id, unit);
        charts.Add(ClassLossChart.Of(metrics, unit).ToElement($"{id}-classes"));
        if (metrics.ConfusionMatrix is { } confusion)
            charts.Add(ConfusionChart.Of(confusion).ToElement($"{id}-confusion"));
        yield return charts;
    }

    private static IEnumerable<XElement> Of(MultiLabelCrossEntropyMetrics metrics, string id, LossUnit unit)
    {
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

    private static IEnumerable<(string, string, string)> TilesOf(CrossEntropyMetrics metrics, ReliabilityDiagram? reliability) =>
    [
        ("reduction", Figures.Percent(metrics.LogLossReduction), $"against {metrics.ReferenceName}"),
        ("accuracy", Figures.Percent(metrics.Accuracy), Figures.Rows(metrics.Rows.Used)),
        (
            "calibration error",
            Figures.Share(reliability?.ExpectedCalibrationError ?? double.NaN),
            $"by chance {Figures.Share(reliability?.ExpectedUnderPerfectCalibration ?? double.NaN)}"),
    ];

    private static IEnumerable<(string, string, string)> TilesOf(MultiLabelCrossEntropyMetrics metrics) =>
    [
        ("Hamming loss", Figures.Share(metrics.HammingLoss), "share of wrong answers"),
        ("subset accuracy", Figures.Percent(metrics.SubsetAccuracy), "rows with every answer right"),
        ("F1", Figures.Share(metrics.Micro.F1), $"micro; macro {Figures.Share(metrics.Macro.F1)}"),
    ];

    private static IEnumerable<(string, string, string)> LossTiles(LogLossMetrics metrics, LossUnit unit)
    {
        (var logLoss, var clipped) = (metrics.LogLoss, metrics.ClippedLogLoss);
        var shown = ConfidenceInterval.Normal(unit.Of(clipped), unit.Of(metrics.LogLossStandardError), metrics.LogLossInterval.Level);
        var level = Figures.Of(100 * shown.Level, "0.#");
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

    /// <summary>The table with the rows' names as its last column, where there are any.</summary>
    public static Table WithIds(Table table, string?[] ids) => Array.TrueForAll(ids, id => id is null)
        ? table
        : table with
        {
            Columns = [.. table.Columns, new("id")],
            Rows = [.. table.Rows.Zip(ids, (row, id) => (Cell[])[.. row, id])],
        };

    private static XElement Worst(IReadOnlyList<WorstRow> rows, LossUnit unit)
    {
        Table table = new(
            "The rows of the largest losses, counted from 0 in the order of the data",
            [
                new("row", NumberFormat.Count), new("true class"), new("predicted class"),
                new("its probability", NumberFormat.Probability), new("probability of the true class", NumberFormat.Probability),
                new($"loss ({unit.Name})", NumberFormat.Loss),
            ],
            [.. rows.Select(r => (Cell[])[r.Row, r.Label, r.Predicted, r.PredictedProbability, r.Probability, unit.Of(r.Loss)])]);
        return El(
            "div", El("h3", "The rows of the largest losses"), WithIds(table, [.. rows.Select(r => r.Id)]).ToElement(showCaption: true));
    }
}

using System.Xml.Linq;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>
/// Models side by side, and models compared on the same rows: who is better, by how much, how sure that is, and on which rows.
/// </summary>
internal static class ComparisonSection
{
    private const string BrierNote =
        "The Brier score of a binary model is (q - y)^2, half of what the same model has as one of two classes; "
        + "its calibration error is that of one class, not of the answer.";

    private const string IntervalNote =
        "Bars are confidence intervals of each model alone. Models judged on the same rows can differ clearly even where their bars "
        + "overlap: only a paired comparison tells.";

    private const string DifferenceNote =
        "Left of the line the first model of the pair is better. "
        + "The interval is of the mean difference over the rows, so it is much narrower than the models' own intervals.";

    /// <summary>All models, each judged by itself.</summary>
    public static IEnumerable<XElement> Of(IReadOnlyList<ReportedModel> models, LossUnit unit)
    {
        Table table = new(
            "All models",
            [
                new("model"), new("rows", NumberFormat.Count), new($"log-loss ({unit.Name})", NumberFormat.Loss),
                new("std. error", NumberFormat.Loss), new("reduction", NumberFormat.Percent), new("accuracy", NumberFormat.Share),
                new("Brier score", NumberFormat.Share), new("ECE", NumberFormat.Share), new("ROC-AUC", NumberFormat.Share),
            ],
            [.. models.Select(m => RowOf(m, unit))]);
        yield return table.ToElement(showCaption: false);
        if (models.Any(m => m.Metrics is BinaryCrossEntropyMetrics) && models.Any(m => m.Metrics is MulticlassCrossEntropyMetrics))
            yield return El("p", BrierNote);
        yield return new Chart(
            "Log-loss of each model",
            $"A dot with a confidence interval for each model, in {unit.Name}.",
            IntervalNote,
            IntervalChart.Draw([.. models.Select(m => IntervalOf(m, unit))], double.NaN, "", $"log-loss ({unit.Name})"),
            table).ToElement("all-models");
    }

    /// <summary>Models compared pair by pair.</summary>
    public static IEnumerable<XElement> Of(CrossEntropyComparison comparison, int number, LossUnit unit)
    {
        if (ModelSection.Warnings(comparison.Warnings) is { } warnings)
            yield return warnings;
        foreach (var pair in comparison.Pairs)
            yield return El("p", Class("verdict"), pair.Sentence);
        yield return Differences(comparison, unit).ToElement(FormattableString.Invariant($"comparison-{number + 1}"));
        if (ComparisonTables.Folds(comparison, unit) is { } folds)
            yield return folds.ToElement(showCaption: true);
        foreach (var pair in comparison.Pairs.Where(p => p.RowsForFirst.Count + p.RowsForSecond.Count > 0))
            yield return Rows(pair, unit);
    }

    private static Interval IntervalOf(ReportedModel model, LossUnit unit)
    {
        var interval = ConfidenceInterval.Normal(
            unit.Of(model.ClippedLogLoss), unit.Of(model.StandardError), model.Interval!.Value.Level);
        return new(model.Name, unit.Of(model.LogLoss), Math.Max(interval.Lower, 0), interval.Upper, unit.Text(model.LogLoss));
    }

    private static Cell[] RowOf(ReportedModel model, LossUnit unit)
    {
        (var brier, var ece, var auc) = model.Metrics switch
        {
            MulticlassCrossEntropyMetrics m => (m.BrierScore, m.Reliability.ExpectedCalibrationError, m.MacroRocAuc),
            BinaryCrossEntropyMetrics b => (b.BrierScore, b.Reliability?.ExpectedCalibrationError ?? double.NaN, b.RocAuc),
            _ => (double.NaN, double.NaN, double.NaN),
        };
        return
        [
            model.Name, model.Rows!.Used, unit.Of(model.LogLoss), unit.Of(model.StandardError),
            model.Metrics?.LogLossReduction ?? double.NaN, model.Metrics?.Accuracy ?? model.MultiLabel!.SubsetAccuracy, brier, ece, auc,
        ];
    }

    private static Chart Differences(CrossEntropyComparison comparison, LossUnit unit)
    {
        var sentences = string.Join(" ", comparison.Pairs.Select(p => p.Sentence));
        var intervals = comparison.Pairs.Select(p => new Interval(
            ComparisonTables.Name(p),
            unit.Of(p.ClippedMeanDifference),
            unit.Of(p.Interval.Lower),
            unit.Of(p.Interval.Upper),
            unit.Text(p.ClippedMeanDifference)));
        return new(
            "Difference of log-loss, paired by row",
            $"A dot with a confidence interval for each pair of models, in {unit.Name}. {sentences}",
            DifferenceNote,
            IntervalChart.Draw([.. intervals], 0, "equal", $"difference of log-loss ({unit.Name})"),
            ComparisonTables.Pairs(comparison, unit));
    }

    private static XElement Rows(PairedComparison pair, LossUnit unit) => El(
        "details",
        El("summary", $"The rows that decide between {pair.First} and {pair.Second}"),
        new Table(
            "Rows by what they contribute to the mean difference; below 0 in favour of the first model",
            [
                new("row", NumberFormat.Count), new("true class"), new("weight", NumberFormat.Weight),
                new($"loss of {pair.First}", NumberFormat.Loss), new($"loss of {pair.Second}", NumberFormat.Loss),
                new($"contribution ({unit.Name})", NumberFormat.Of("0.000000")),
            ],
            [
                .. pair.RowsForFirst.Concat(pair.RowsForSecond).Select(r => (Cell[])
                [
                    r.Id is { } id ? id : r.Row, r.Label, r.Weight, unit.Of(r.FirstLoss), unit.Of(r.SecondLoss), unit.Of(r.Contribution),
                ]),
            ]).ToElement(showCaption: true));
}

using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>All models side by side.</summary>
internal static class OverviewSection
{
    public static IEnumerable<XElement> Of(IReadOnlyList<ReportedModel> models, LossUnit unit)
    {
        Table table = Table.Texts(
            "All models",
            ["model", "rows", $"log-loss ({unit.Name})", "std. error", "reduction", "accuracy", "Brier score", "ECE", "ROC-AUC"],
            [.. models.Select(m => RowOf(m, unit))]);
        yield return table.ToElement(showCaption: false);
        if (models.Any(m => m.Metrics is BinaryCrossEntropyMetrics) && models.Any(m => m.Metrics is MulticlassCrossEntropyMetrics))
            yield return Markup.El("p", "The Brier score of a binary model is (q - y)^2, half of what the same model has as one of two classes; its calibration error is that of one class, not of the answer.");
        yield return new Chart(
            "Log-loss of each model",
            $"A dot with a confidence interval for each model, in {unit.Name}.",
            "Bars are confidence intervals of each model alone. Models judged on the same rows can differ clearly even where their bars overlap: only a paired comparison tells.",
            IntervalChart.Draw([.. models.Select(m => IntervalOf(m, unit))], double.NaN, "", $"log-loss ({unit.Name})"),
            table).ToElement("all-models");
    }

    private static Interval IntervalOf(ReportedModel model, LossUnit unit)
    {
        var interval = ConfidenceInterval.Normal(unit.Of(model.ClippedLogLoss), unit.Of(model.StandardError), model.Interval!.Value.Level);
        return new(model.Name, unit.Of(model.LogLoss), Math.Max(interval.Lower, 0), interval.Upper, unit.Text(model.LogLoss));
    }

    private static string[] RowOf(ReportedModel model, LossUnit unit)
    {
        (var brier, var ece, var auc) = model.Metrics switch
        {
            MulticlassCrossEntropyMetrics m => (m.BrierScore, m.Reliability.ExpectedCalibrationError, m.MacroRocAuc),
            BinaryCrossEntropyMetrics b => (b.BrierScore, b.Reliability?.ExpectedCalibrationError ?? double.NaN, b.RocAuc),
            _ => (double.NaN, double.NaN, double.NaN),
        };
        return
        [
            model.Name, Figures.Count(model.Rows!.Used), unit.Text(model.LogLoss), unit.Text(model.StandardError),
            Figures.Percent(model.Metrics?.LogLossReduction ?? double.NaN), Figures.Share(model.Metrics?.Accuracy ?? model.MultiLabel!.SubsetAccuracy),
            Figures.Share(brier), Figures.Share(ece), Figures.Share(auc),
        ];
    }
}

using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>The log-loss of each class (or label) with its error bar.</summary>
internal static class ClassLossChart
{
    /// <summary>With more classes than this only the worst are drawn.</summary>
    private const int MostDrawn = 40;

    public static Chart Of(CrossEntropyMetrics metrics, LossUnit unit) => Of(
        "class",
        [.. metrics.Classes.Select(c => IntervalOf(c.Name, c.LogLoss, c.ClippedLogLoss, c.LogLossStandardError, c.Support, metrics.LogLossInterval.Level, unit))],
        unit.Of(metrics.LogLoss),
        unit,
        MetricsTables.Classes(metrics, unit));

    public static Chart Of(MultiLabelCrossEntropyMetrics metrics, LossUnit unit) => Of(
        "label",
        [
            .. metrics.LabelNames.Zip(metrics.Labels, (name, l) =>
                IntervalOf(name, l.LogLoss, l.ClippedLogLoss, l.LogLossStandardError, l.Classes[1].Support, metrics.LogLossInterval.Level, unit)),
        ],
        unit.Of(metrics.LogLoss),
        unit,
        MetricsTables.Labels(metrics, unit));

    private static Chart Of(string kind, Interval[] all, double mean, LossUnit unit, Table data)
    {
        Interval[] occurring = [.. all.Where(i => !double.IsNaN(i.Value))];
        var isCut = all.Length > MostDrawn;
        var drawn = isCut ? [.. occurring.OrderByDescending(i => i.Value).Take(MostDrawn)] : all;
        var which = isCut ? $"The {drawn.Length} worst of {all.Length}, worst first. " : "";
        var words = occurring.Length == 0
            ? "None has rows."
            : $"Lowest: {occurring.MinBy(i => i.Value)!.Name} with {Figures.Loss(occurring.Min(i => i.Value))}. Highest: {occurring.MaxBy(i => i.Value)!.Name} with {Figures.Loss(occurring.Max(i => i.Value))}.";
        return new(
            $"Log-loss by {kind}",
            $"A dot with an error bar for each {kind}, in {unit.Name}. {which}{words}",
            $"{which}Bars are confidence intervals: a {kind} whose bar stays clear of the line differs from the whole by more than chance. Few rows make long bars.",
            IntervalChart.Draw(drawn, mean, "all rows", $"log-loss ({unit.Name})"),
            data);
    }

    private static Interval IntervalOf(string name, double logLoss, double clippedLogLoss, double standardError, long support, double level, LossUnit unit)
    {
        var interval = ConfidenceInterval.Normal(unit.Of(clippedLogLoss), unit.Of(standardError), level);
        var remark = $"{Figures.Of(unit.Of(logLoss), "0.000")}  (n = {Figures.Count(support)})";
        return new(name, unit.Of(logLoss), Math.Max(interval.Lower, 0), interval.Upper, double.IsNaN(logLoss) ? $"n = {Figures.Count(support)}" : remark);
    }
}

using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>The log-loss of each class (or label) with its error bar.</summary>
internal static class ClassLossChart
{
    /// <summary>With more classes than this only the worst are drawn.</summary>
    private const int MostDrawn = 40;

    public static Chart Of(CrossEntropyMetrics metrics, LossUnit unit)
    {
        var level = metrics.LogLossInterval.Level;
        var intervals = metrics.Classes.Select(c =>
            IntervalOf(c.Name, c.LogLoss, c.ClippedLogLoss, c.LogLossStandardError, c.Support, level, unit));
        return Of("class", [.. intervals], unit.Of(metrics.LogLoss), unit, MetricsTables.Parts(metrics, unit));
    }

    public static Chart Of(MultiLabelCrossEntropyMetrics metrics, LossUnit unit)
    {
        var level = metrics.LogLossInterval.Level;
        var intervals = metrics.LabelNames.Zip(metrics.Labels, (name, l) =>
            IntervalOf(name, l.LogLoss, l.ClippedLogLoss, l.LogLossStandardError, l.Classes[1].Support, level, unit));
        return Of("label", [.. intervals], unit.Of(metrics.LogLoss), unit, MetricsTables.Parts(metrics, unit));
    }

    private static Chart Of(string kind, Interval[] all, double mean, LossUnit unit, Table data)
    {
        Interval[] occurring = [.. all.Where(i => !double.IsNaN(i.Value)).OrderByDescending(i => i.Value)];
        var isCut = all.Length > MostDrawn;
        var drawn = isCut ? [.. occurring.Take(MostDrawn)] : all;
        var which = isCut ? $"The {drawn.Length} worst of {all.Length}, worst first. " : "";
        var words = occurring.Length == 0 ? "None has rows." : $"Lowest: {InWords(occurring[^1])}. Highest: {InWords(occurring[0])}.";
        return new(
            $"Log-loss by {kind}",
            $"A dot with an error bar for each {kind}, in {unit.Name}. {which}{words}",
            $"{which}Bars are confidence intervals: a {kind} whose bar stays clear of the line differs from the whole by more than "
                + "chance. Few rows make long bars.",
            IntervalChart.Draw(drawn, mean, "all rows", $"log-loss ({unit.Name})"),
            data);
    }

    private static string InWords(Interval interval) => $"{interval.Name} with {Figures.Loss(interval.Value)}";

    private static Interval IntervalOf(
        string name, double logLoss, double clippedLogLoss, double standardError, long support, double level, LossUnit unit)
    {
        var interval = ConfidenceInterval.Normal(unit.Of(clippedLogLoss), unit.Of(standardError), level);
        var loss = double.IsNaN(logLoss) ? "" : $"{Figures.Of(unit.Of(logLoss), "0.000")}  ";
        var rows = $"n = {Figures.Count(support)}";
        return new(name, unit.Of(logLoss), Math.Max(interval.Lower, 0), interval.Upper, loss.Length > 0 ? $"{loss}({rows})" : rows);
    }
}

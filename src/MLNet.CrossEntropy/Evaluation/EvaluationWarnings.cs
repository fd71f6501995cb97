using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Puts into words what the figures alone would hide: every figure that is NaN, infinite or null has its reason here.</summary>
internal static class EvaluationWarnings
{
    /// <summary>What to do where the scores are perhaps logits.</summary>
    private const string NameLogits = "If the scores are logits, set ScoreKind to ScoreKind.Logits";

    private const string NameBinaryLogits = "If the column holds logits, name it in ScoreColumnName and set ProbabilityColumnName to null";

    public static IEnumerable<string> Of(CrossEntropyMetrics metrics, EvaluationOptions options)
    {
        var remedy = metrics is BinaryCrossEntropyMetrics ? NameBinaryLogits : NameLogits;
        foreach (var warning in OfRows(metrics, remedy))
            yield return warning;
        if (metrics.Rows.Used == 0)
        {
            if (metrics.Rows.CountedAsMistake > 0)
                yield return "No row could be evaluated: log-loss and accuracy are those of the rows counted as mistakes, every other "
                    + "metric is NaN.";
            yield break;
        }
        foreach (var warning in OfClasses(metrics).Concat(OfReference(metrics, options.Prior)).Concat(OfFewRows(metrics, options)))
            yield return warning;
        if (metrics.Perplexity is double.PositiveInfinity && double.IsFinite(metrics.LogLoss))
            yield return "The perplexity is infinite: exp of this log-loss is more than a double holds.";
        foreach (var warning in OfWhatIsLeftOut(metrics, options).Concat(OfSegments(metrics)))
            yield return warning;
    }

    public static IEnumerable<string> Of(MultiLabelCrossEntropyMetrics metrics)
    {
        var rows = metrics.Rows;
        foreach (var warning in OfRows(metrics, NameLogits))
            yield return warning;
        long answers = metrics.Labels.Count * (rows.Total - rows.ZeroWeight), missing = metrics.Labels.Sum(l => l.Rows.MissingLabel),
            unknown = metrics.Labels.Sum(l => l.Rows.UnknownClass), invalid = metrics.Labels.Sum(l => l.Rows.InvalidScore);
        if (missing > 0)
            yield return $"{missing} of {answers} answers are missing; each label is evaluated over its own answers, totals over all of "
                + "them.";
        if (unknown > 0)
            yield return $"{unknown} of {answers} answers are outside 0 to 1 and were left out.";
        if (invalid > 0)
            yield return $"{invalid} of {answers} answers have invalid scores and were left out.";
        if (rows.Used == 0)
            yield break;

        string[] constant = [.. metrics.LabelNames.Where((_, i) => metrics.Labels[i].Classes.Any(c => c.Support == 0))];
        if (constant.Length > 0)
            yield return $"{constant.Length} of {metrics.Labels.Count} labels are always yes or always no here, so that their ROC-AUC "
                + $"is NaN: {Listed(constant)}.";
        var idle = metrics.Labels.Count(MultiLabelCrossEntropyMetrics.IsNeverYes);
        if (idle > 0)
            yield return $"{idle} of {metrics.Labels.Count} labels are never yes and never predicted so; the averages Macro leave them "
                + "out.";
        if (double.IsNaN(metrics.Micro.Precision + metrics.Micro.Recall))
            yield return "No answer is predicted as a yes, or none is one: precision or recall over all labels (Micro) is NaN.";
        if (double.IsNaN(metrics.LogLossStandardError))
            yield return "The standard error and the interval of the log-loss are NaN: there are fewer than two effective rows.";
        foreach (var warning in OfSegments(metrics))
            yield return warning;
    }

    /// <summary>Sends warnings to ML.NET's log.</summary>
    public static void Send(IHostEnvironment env, IReadOnlyList<string> warnings)
    {
        using var channel = env.Start("EvaluateCrossEntropy");
        foreach (var warning in warnings)
            channel.Warning(MessageSensitivity.None, warning);
    }

    private static IEnumerable<string> OfRows(LogLossMetrics metrics, string remedy)
    {
        var rows = metrics.Rows;
        if (rows.Used == 0 && rows.CountedAsMistake == 0)
            yield return $"No row could be evaluated, so every metric is NaN ({rows}).";
        if (rows.MissingLabel > 0)
            yield return $"{rows.MissingLabel} of {rows.Total} rows have no label and were left out.";
        if (rows.UnknownClass > 0)
            yield return $"{rows.UnknownClass} of {rows.Total} rows have a label that is none of the model's classes; the model cannot "
                + "get them right.";
        if (rows.InvalidScore > 0)
            yield return $"{rows.InvalidScore} of {rows.Total} rows have invalid scores ({rows.NonFiniteScore} not finite, "
                + $"{rows.OutOfRangeScore} out of range, {rows.RowSumNotOne} not summing to 1).";
        if (rows.OutOfRangeScore + rows.RowSumNotOne > rows.Used)
            yield return $"Most of the scores are no probabilities. {remedy}.";
        else if (rows.OutOfRangeScore + rows.RowSumNotOne > 0
            && metrics.ScoresUsed.EndsWith(Evaluator.FromFirstRows, StringComparison.Ordinal))
            yield return $"The scores were taken for probabilities, as most of the first rows are. {remedy}.";
        if (rows.Distributions > rows.Used / 2)
            yield return $"The scores were taken for logits, as most of the first rows are, but {rows.Distributions} of {rows.Used} rows "
                + "may be probabilities. If they are, set ScoreKind to ScoreKind.Probabilities.";
        if (rows.UnknownClass + rows.InvalidScore > 0)
            yield return $"Of these rows {rows.UnknownClass + rows.InvalidScore - rows.CountedAsMistake} were left out and "
                + $"{rows.CountedAsMistake} count as mistakes in log-loss and accuracy.";
        if (rows.Clipped > 0)
            yield return $"{rows.Clipped} rows give their true class a probability below "
                + FormattableString.Invariant($"{metrics.ProbabilityFloor:g3}{(rows.RoundedToZero > 0 ? " or one rounded to 0" : "")} ")
                + FormattableString.Invariant($"and carry {metrics.ClippedLossShare:P1} of the clipped log-loss.");
        if (rows.RoundedToZero > 0 && double.IsFinite(metrics.LogLoss))
            yield return $"The log-loss is at least this: {rows.RoundedToZero} of {rows.Total} rows have a probability of what happened "
                + $"that "
                + "single precision rounds to 0, and count as the smallest that it can be.";
        if (double.IsPositiveInfinity(metrics.LogLoss))
            yield return "The log-loss is infinite: a row that counts as a mistake, or a logit of minus infinity, gives its true class "
                + "probability 0.";
    }

    private static IEnumerable<string> OfClasses(CrossEntropyMetrics metrics)
    {
        var classes = metrics.Classes;
        string[] absent = NamesWhere(metrics, c => c.Support == 0),
            never = NamesWhere(metrics, c => double.IsNaN(c.PrecisionRecall.Precision)),
            single = NamesWhere(metrics, c => c.Support > 0 && double.IsNaN(c.LogLossStandardError));
        if (absent.Length > 0)
            yield return $"{absent.Length} of {classes.Count} classes do not occur, so their log-loss is NaN, like their recall and "
                + $"ROC-AUC, and "
                + $"averages over classes of these leave them out: {Listed(absent)}.";
        if (metrics.ConfusionMatrix is { } confusion)
        {
            if (never.Length > 0)
                yield return $"{never.Length} of {classes.Count} classes are never predicted, so their precision is NaN: {Listed(never)}.";
            if (confusion.IdleClasses > 0)
                yield return $"{confusion.IdleClasses} of {classes.Count} classes neither occur nor are predicted; averages over "
                    + $"classes leave "
                    + "them out.";
            if (double.IsNaN(confusion.MatthewsCorrelation))
                yield return "The Matthews correlation is NaN (and kappa, where chance is always right): one class holds all rows or all "
                    + "predictions.";
        }
        if (classes.Count(c => c.Support > 0) == 1)
            yield return "A single class occurs: no ROC-AUC can be computed.";
        if (single.Length > 0)
            yield return $"{single.Length} of {classes.Count} classes have fewer than two effective rows, so the standard error of their "
                + $"log-loss is NaN: {Listed(single)}.";
    }

    private static IEnumerable<string> OfReference(CrossEntropyMetrics metrics, ReferencePrior prior)
    {
        if (metrics.ReferenceLogLoss == 0)
            yield return $"The reference {Throw.Quoted(metrics.ReferenceName)} has log-loss 0 (a single class occurs), so the log-loss "
                + "reduction is undefined.";
        if (!double.IsPositiveInfinity(metrics.ReferenceLogLoss))
            yield break;
        var ruledOut = NamesWhere(metrics, c => c.Support > 0 && prior.RulesOut(c.Name));
        var known = metrics.Classes.Any(c => prior.KnownClasses.Contains(c.Name)) ? "" :
            $" It knows none of the classes, but {Throw.Listed(prior.KnownClasses)}: name both alike.";
        yield return $"The reference {Throw.Quoted(metrics.ReferenceName)} gives probability 0 to {ruledOut.Length} of the classes that "
            + $"occur, so its log-loss is infinite and the log-loss reduction is undefined: {Listed(ruledOut)}.{known}";
    }

    private static IEnumerable<string> OfFewRows(CrossEntropyMetrics metrics, EvaluationOptions options)
    {
        if (double.IsNaN(metrics.LogLossStandardError))
            yield return "The standard error and the interval of the log-loss are NaN, and those of the splits: there are fewer than two "
                + "effective rows.";
        // Only where there are that few rows may every bin have no more than one; nobody has asked for a diagram yet.
        if (metrics.EffectiveRows > (options.ReliabilityBins ?? ReliabilityBinCount.MostOfEqualWidth))
            yield break;
        ReliabilityDiagram?[] diagrams = metrics switch
        {
            MulticlassCrossEntropyMetrics m => [m.Reliability, m.EqualMassReliability, .. m.Classes.Select(c => c.Reliability)],
            BinaryCrossEntropyMetrics b => [b.EqualMassReliability, .. b.Classes.Select(c => c.Reliability)],
            _ => [],
        };
        if (diagrams.Any(d => d is not null && double.IsNaN(d.DebiasedRootMeanSquare)))
            yield return "A debiased calibration error is NaN: no bin of its diagram holds more than one effective row.";
    }

    private static IEnumerable<string> OfWhatIsLeftOut(CrossEntropyMetrics metrics, EvaluationOptions options)
    {
        if (metrics.HasExactDistributions is null)
            yield return "ROC-AUC, average precision, curves, the calibration of classes and of bins of equal weight, and the splits of "
                + "log-loss and "
                + "Brier score were not computed: " + (options.OneVersusRest is false ? "OneVersusRest is false."
                : $"there are more than {MetricAccumulators.MostOneVersusRestClasses} classes. Set OneVersusRest to true to have them.");
        if (metrics.ConfusionMatrix is null)
            yield return $"The confusion matrix, precision, recall and F1 were not computed: there are more than "
                + $"{CountAccumulators.MostConfusionClasses} classes.";
    }

    private static IEnumerable<string> OfSegments(LogLossMetrics metrics) => (metrics.Segments ?? []).Where(s => s.IsLumped).Select(s =>
        $"The column of segments has more than {SegmentNames.Most} values; the {s.Rows} rows of those that occur last are one segment, "
        + $"{Throw.Quoted(s.Name)}.");

    private static string[] NamesWhere(CrossEntropyMetrics metrics, Func<ClassMetrics, bool> predicate) =>
        [.. metrics.Classes.Where(predicate).Select(c => c.Name)];

    private static string Listed(string[] names) =>
        string.Join(", ", names.Take(10).Select(PlainText.Escape)) + (names.Length > 10 ? ", ..." : "");
}

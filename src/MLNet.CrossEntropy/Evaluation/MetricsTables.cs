using System.Text;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Table;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Metrics as tables: the figures, a line each, the classes or labels, the confusion matrix; and these put together as text and Markdown.
/// </summary>
internal static class MetricsTables
{
    private const int MostClasses = 50;
    private const int WidestLoss = 18;

    /// <summary>A wider confusion matrix is no use as Markdown.</summary>
    private const int MostConfusionClasses = 12;

    private const int MostConfusionClassesInText = 20;
    private const int LongestConfusionName = 16;

    /// <summary>Of precision and recall, for what the other reaches.</summary>
    private static readonly double[] LeastShares = [0.5, 0.9, 0.99];

    public static string Text(LogLossMetrics metrics)
    {
        StringBuilder text = new();
        TextTable.Append(text, Figures(metrics), hasHeader: false);
        var others = metrics is MultiLabelCrossEntropyMetrics ? "labels" : "classes";
        TextTable.Append(text.Append('\n'), Parts(metrics, LossUnit.Nats), most: MostClasses, others: others);
        if (metrics.Warnings.Count > 0)
            TextTable.Append(text.Append('\n'), Facts("Warnings", metrics.Warnings.Select(w => ("warning", w))), hasHeader: false);
        return text + SegmentTables.Text(metrics.Segments);
    }

    /// <summary>Fits a wide screen: long names are cut, and of many classes the first are shown.</summary>
    public static string Text(ClassConfusionMatrix matrix) => TextTable.Of(
        Confusion(matrix, MostConfusionClassesInText, LongestConfusionName), most: MostConfusionClassesInText, others: "classes");

    public static string Markdown(LogLossMetrics metrics)
    {
        var text = MarkdownTable.Append(new(), Figures(metrics)).Append('\n');
        MarkdownTable.Append(text, Parts(metrics, LossUnit.Nats));
        if (metrics is CrossEntropyMetrics { ConfusionMatrix: { Names.Count: <= MostConfusionClasses } confusion })
            MarkdownTable.Append(text.Append('\n'), Confusion(confusion));
        if (metrics.Segments is { } segments)
            MarkdownTable.Append(text.Append('\n'), SegmentTables.Of(segments, LossUnit.Nats));
        return MarkdownTable.AppendWarnings(text, metrics.Warnings).ToString();
    }

    /// <summary>Each figure's name, indented where it belongs to the one above, and its value in words.</summary>
    public static Table Figures(LogLossMetrics metrics) => Facts("All figures", Lines(metrics));

    /// <summary>The classes, or the labels of a multi-label model.</summary>
    public static Table Parts(LogLossMetrics metrics, LossUnit unit) => metrics is MultiLabelCrossEntropyMetrics m
        ? new(
            "Figures by label",
            ClassColumns("label", "yes", unit),
            [.. m.LabelNames.Zip(m.Labels, (name, l) => ClassRow(name, l.Classes[1], l.LogLoss, l.LogLossStandardError, unit))])
        : new(
            "Figures by class",
            ClassColumns("class", "support", unit),
            [.. ((CrossEntropyMetrics)metrics).Classes.Select(c => ClassRow(c.Name, c, c.LogLoss, c.LogLossStandardError, unit))]);

    /// <summary>The rows of each true class (down) by predicted class (across).</summary>
    public static Table Confusion(ClassConfusionMatrix matrix, int most = int.MaxValue, int longestName = int.MaxValue)
    {
        var classes = matrix.Names.Count;
        var across = Math.Min(classes, most);
        string[] names = [.. matrix.Names.Select(name => TextTable.Shorten(name, longestName))];
        return new(
            "Rows by true class (down) and predicted class (across)",
            [new("actual \\ predicted", Width: 19), .. names.Take(across).Select(name => new Column(name, NumberFormat.Count, Width: 8))],
            [.. names.Select((name, i) => (Cell[])[name, .. Enumerable.Range(0, across).Select(j => (Cell)matrix.Rows(i, j))])]);
    }

    private static Column[] ClassColumns(string kind, string support, LossUnit unit) =>
    [
        new(kind), new(support, NumberFormat.Count), new($"log-loss ({unit.Name})", NumberFormat.Loss, WidestLoss),
        new("std. error", NumberFormat.Loss), new("precision", NumberFormat.Share), new("recall", NumberFormat.Share),
        new("F1", NumberFormat.Share), new("ROC-AUC", NumberFormat.Share), new("average precision", NumberFormat.Share, IsDetail: true),
    ];

    private static Cell[] ClassRow(string name, ClassMetrics c, double logLoss, double standardError, LossUnit unit) =>
    [
        name, c.Support, unit.Of(logLoss), unit.Of(standardError), c.PrecisionRecall.Precision, c.PrecisionRecall.Recall,
        c.PrecisionRecall.F1, c.RocAuc, c.AveragePrecision,
    ];

    private static IEnumerable<(string Name, string Value)> Lines(LogLossMetrics m)
    {
        var labels = m as MultiLabelCrossEntropyMetrics;
        var ofLabels = labels is null ? "" : FormattableString.Invariant($", mean over {labels.Labels.Count} labels");
        yield return Fact("log-loss", $"{AtLeast(m.Rows)}{m.LogLoss:0.000000} nats, {m.LogLossBits:0.000000} bits{ofLabels}");
        yield return Fact("  standard error", $"{m.LogLossStandardError:0.000000} nats, {m.LogLossInterval}");
        yield return Fact(
            "  clipped",
            $"{m.ClippedLogLoss:0.000000} nats, floor {m.ProbabilityFloor:g3}: {m.Rows.Clipped} rows carry {m.ClippedLossShare:P1}");
        foreach (var line in labels is null ? Lines((CrossEntropyMetrics)m) : Lines(labels))
            yield return line;
        yield return ("computed from", m.ScoresUsed);
        yield return Fact("rows", $"{m.Rows}");
        if (m is CrossEntropyMetrics { EffectiveRows: var effective, WeightSum: var weight } && effective != m.Rows.Used)
            yield return Fact("weight", $"{weight:0.####}, worth {effective:0.0} equal rows");
    }

    private static IEnumerable<(string Name, string Value)> Lines(CrossEntropyMetrics m)
    {
        yield return Fact("  reduction", $"{m.LogLossReduction:0.0000} against {m.ReferenceName} ({m.ReferenceLogLoss:0.000000} nats)");
        if (m.IrreducibleLogLoss > 0)
            yield return Fact(
                "  of soft labels", $"{m.IrreducibleLogLoss:0.000000} irreducible + {m.KullbackLeibler:0.000000} Kullback-Leibler");
        yield return Fact("label entropy", $"{m.LabelEntropy:0.000000} nats, {m.LabelEntropyBits:0.000000} bits");
        yield return Fact("perplexity", $"{m.Perplexity:0.0000}");
        yield return Fact("accuracy", $"{m.Accuracy:0.0000}");
        if (m.ConfusionMatrix is { Macro: var macro } c)
        {
            yield return Fact(
                "  balanced", $"{c.BalancedAccuracy:0.0000}, MCC {c.MatthewsCorrelation:0.0000}, kappa {c.CohenKappa:0.0000}");
            yield return Fact(
                "  macro average", $"precision {macro.Precision:0.0000}, recall {macro.Recall:0.0000}, F1 {macro.F1:0.0000}");
        }
        foreach (var line in Details(m))
            yield return line;
    }

    private static IEnumerable<(string Name, string Value)> Lines(MultiLabelCrossEntropyMetrics m) =>
    [
        Fact("Hamming loss", $"{m.HammingLoss:0.0000}, subset accuracy {m.SubsetAccuracy:0.0000}"),
        Fact("F1", $"{m.Micro.F1:0.0000} micro, {m.Macro.F1:0.0000} macro"),
    ];

    private static IEnumerable<(string Name, string Value)> Details(CrossEntropyMetrics metrics)
    {
        switch (metrics)
        {
            case MulticlassCrossEntropyMetrics m:
                // Of three classes or fewer the label is always among the first three.
                if (m.Classes.Count > 3 && m.TopKAccuracy(3) is var top)
                {
                    yield return top.Optimistic == top.Pessimistic
                        ? Fact("  top 3", $"{top.Accuracy:0.0000}")
                        : Fact("  top 3", $"{top.Accuracy:0.0000} (ties: {top.Pessimistic:0.0000} to {top.Optimistic:0.0000})");
                }

                yield return Fact("ROC-AUC", $"{m.MacroRocAuc:0.0000} macro, average precision {m.MacroAveragePrecision:0.0000} macro");
                if (m.LogLossDecomposition is { } split)
                    yield return ("log-loss split", PartsOf(split));
                yield return Brier(m.BrierScore, m.BrierDecomposition);
                yield return Calibration(m.EqualMassReliability ?? m.Reliability, m.EqualMassReliability is not null);
                break;
            case BinaryCrossEntropyMetrics b:
                yield return Fact("ROC-AUC", $"{b.RocAuc:0.0000}, average precision {b.AveragePrecision:0.0000}");
                if (b.Curves is { } curves && !double.IsNaN(b.RocAuc))
                {
                    yield return Fact("  recall", $"{AtLeast(curves.RecallAtPrecision, "precision")}");
                    yield return Fact("  precision", $"{AtLeast(curves.PrecisionAtRecall, "recall")}");
                }
                if (b.LogLossDecomposition is { } ofLogLoss)
                    yield return ("log-loss split", PartsOf(ofLogLoss));
                yield return Brier(b.BrierScore, b.BrierDecomposition);
                if (b.EqualMassReliability is { } reliability)
                    yield return Calibration(reliability, isEqualMass: true);
                break;
        }
    }

    /// <summary>What is reached where the other of precision and recall must be at least so much.</summary>
    private static string AtLeast(Func<double, double> reached, string other) => string.Join(
        ", ", LeastShares.Select(least => FormattableString.Invariant($"{reached(least):0.0000} at {other} {least}")));

    private static (string Name, string Value) Brier(double score, ScoreDecomposition? split) =>
        split is { } parts ? Fact("Brier score", $"{score:0.0000} = {PartsOf(parts)}") : Fact("Brier score", $"{score:0.0000}");

    private static string PartsOf(ScoreDecomposition s)
    {
        var discrimination = Math.Round(s.Discrimination, 4);
        return FormattableString.Invariant($"{Math.Round(s.Miscalibration, 4) + 0.0:0.0000} miscalibration (std. error ")
            + FormattableString.Invariant($"{s.MiscalibrationStandardError:0.0000}) {(discrimination < 0 ? '+' : '-')} ")
            + FormattableString.Invariant($"{Math.Abs(discrimination):0.0000} discrimination + {s.Uncertainty:0.0000} uncertainty");
    }

    /// <summary>What stands before a log-loss that rounding makes a bound.</summary>
    private static string AtLeast(RowCounts rows) => rows.RoundedToZero > 0 ? "at least " : "";

    private static (string Name, string Value) Calibration(ReliabilityDiagram d, bool isEqualMass)
    {
        (var error, var byChance) = (d.ExpectedCalibrationError, d.ExpectedUnderPerfectCalibration);
        var largest = d.MaximumCalibrationError;
        var bins = isEqualMass ? "bins of equal mass" : "bins of equal width";
        return Fact("calibration", $"ECE {error:0.0000} (by chance {byChance:0.0000}), MCE {largest:0.0000}, {d.Bins.Count} {bins}");
    }
}

/// <summary>The unit in which losses are shown.</summary>
internal sealed record LossUnit(bool InBits)
{
    public static readonly LossUnit Nats = new(InBits: false);

    public string Name => InBits ? "bits" : "nats";

    /// <summary>A loss of so many nats in this unit.</summary>
    public double Of(double nats) => InBits ? nats / Math.Log(2) : nats;

    /// <summary>A loss of so many nats in this unit, as a page writes it.</summary>
    public string Text(double nats) => NumberFormat.Loss.OnPage(Of(nats));
}

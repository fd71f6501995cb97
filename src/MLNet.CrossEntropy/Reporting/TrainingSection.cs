using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>How the fits went: training and validation loss epoch by epoch, and how each ended.</summary>
internal static class TrainingSection
{
    private const string Brier = "squared error (Brier)";

    private const string Note =
        "The training loss of an epoch is the mean over its rows, each evaluated by the weights just before the step that used it; "
        + "validation rows are evaluated at the epoch's end; a ring marks the epoch whose model was returned. "
        + "A validation curve that turns up while training still falls is over-fitting.";

    public static IEnumerable<XElement> Of(
        IReadOnlyList<ReportedModel> models, LossUnit unit)
    {
        (string, TrainingReport)[] fits = [.. models.Where(m => m.Training?.History.Count > 0).Select(m => (m.Name, m.Training!))];
        if (fits.Length > 0)
            yield return Curves(fits, unit).ToElement("training");
        yield return new Table(
            "How each fit ended",
            [
                new("model"), new("epochs", NumberFormat.Count), new("best epoch", NumberFormat.Count),
                new("seconds", NumberFormat.Of("0.00")), new("ended"), new("L2", NumberFormat.Of("0.####e+0")),
                new($"objective ({unit.Name})", NumberFormat.Loss), new("gradient norm", NumberFormat.Of("0.0e+0")),
                new("seed", NumberFormat.Of("0")),
            ],
            [.. models.Select(m => m.Training is { } training ? RowOf(m.Name, training, unit) : Unknown(m.Name))])
            .ToElement(showCaption: true);
    }

    private static Chart Curves(IReadOnlyList<(string Name, TrainingReport Training)> fits, LossUnit unit)
    {
        var others = string.Concat(fits.Where(f => f.Training.MinimizedBrier)
            .Select(f => $" The training loss of {f.Name} is {Brier}, which is not in {unit.Name} and is not drawn."));
        ChartLine[] lines = [.. fits.SelectMany((fit, i) => LinesOf(fit.Name, i, fit.Training, unit))];
        return LineChart.Of("Loss by epoch", Note + others, "epoch", $"loss ({unit.Name})", lines);
    }

    private static IEnumerable<ChartLine> LinesOf(string name, int model, TrainingReport training, LossUnit unit)
    {
        if (!training.MinimizedBrier)
            yield return new($"{name}, training", model, false, null, Points(e => e.TrainingLoss));
        if (training.History.Any(e => e.ValidationLoss is not null))
            yield return new($"{name}, validation", model, true, training.BestEpoch, Points(e => e.ValidationLoss ?? double.NaN));

        (double, double)[] Points(Func<EpochReport, double> loss) =>
            [.. training.History.Where(e => double.IsFinite(loss(e))).Select(e => ((double)e.Epoch, unit.Of(loss(e))))];
    }

    private static Cell[] RowOf(string name, TrainingReport training, LossUnit unit) =>
    [
        name, training.History.Count, training.BestEpoch is { } best ? best : "",
        training.History.Count == 0 ? 0 : training.History[^1].Elapsed.TotalSeconds, InWords(training.StopReason),
        training.L2Regularization, Objective(training, unit), training.Certificate.GradientNorm, training.Seed,
    ];

    /// <summary>A fit of another library's, or of a model that was loaded, is known to nobody.</summary>
    private static Cell[] Unknown(string name) => [name, "", "", "", "no training report: not fitted here", "", "", "", ""];

    private static Cell Objective(TrainingReport training, LossUnit unit) => training.MinimizedBrier
        ? $"{Figures.Loss(training.Certificate.Objective)} ({Brier})"
        : unit.Of(training.Certificate.Objective);

    private static string InWords(StopReason reason) =>
        string.Concat(reason.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}

using System.Globalization;
using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>How the fits went.</summary>
internal static class TrainingSection
{
    public static IEnumerable<XElement> Of(IEnumerable<ReportedModel> models, IReadOnlyList<(string Name, TrainingReport Training)> fits, LossUnit unit)
    {
        yield return LossCurveChart.Of(fits, unit).ToElement("training");
        yield return Table.Texts(
            "How each fit ended",
            ["model", "epochs", "best epoch", "seconds", "ended", "L2", $"objective ({unit.Name})", "gradient norm", "seed"],
            [.. models.Where(m => m.Training is not null).Select(m => RowOf(m.Name, m.Training!, unit))]).ToElement(showCaption: true);
    }

    private static string[] RowOf(string name, TrainingReport training, LossUnit unit) =>
    [
        name,
        Figures.Count(training.History.Count),
        training.BestEpoch is { } best ? Figures.Count(best) : "",
        Figures.Of(training.History.Count == 0 ? 0 : training.History[^1].Elapsed.TotalSeconds, "0.00"),
        InWords(training.StopReason),
        Figures.Of(training.L2Regularization, "0.####e+0"),
        training.Loss == TrainingLoss.CrossEntropy ? unit.Text(training.Certificate.Objective) : $"{Figures.Loss(training.Certificate.Objective)} ({LossCurveChart.InWords(training.Loss)})",
        Figures.Of(training.Certificate.GradientNorm, "0.0e+0"),
        training.Seed.ToString(CultureInfo.InvariantCulture),
    ];

    private static string InWords(StopReason reason) =>
        string.Concat(reason.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}

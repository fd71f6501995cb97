using System.Globalization;
using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Puts a report together: head, contents, and its sections in order.</summary>
internal static class ReportPage
{
    /// <summary>Whatever a name or a text may contain, the page loads and runs nothing.</summary>
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private const string Footer = "Written by MLNet.CrossEntropy.";

    private static readonly Lazy<string> Style = new(ReadStyle);

    public static string Of(CrossEntropyReport report, string host)
    {
        LossUnit unit = new(report.InBits);
        (string Id, string Heading, IEnumerable<XElement> Content)[] sections =
            [.. SectionsOf(report, unit).Select((s, i) => (FormattableString.Invariant($"section-{i + 1}"), s.Heading, s.Content))];
        var page = El(
            "html",
            At("lang", "en"),
            El(
                "head",
                El("meta", At("charset", "utf-8")),
                El("title", report.Title),
                El("meta", At("name", "viewport"), At("content", "width=device-width, initial-scale=1")),
                El("meta", At("http-equiv", "Content-Security-Policy"), At("content", ContentPolicy)),
                El("style", Style.Value)),
            El(
                "body",
                El(
                    "header",
                    El("h1", report.Title),
                    report.Introduction is { } words ? El("p", words) : null,
                    Facts(report, host, unit),
                    Contents(sections)),
                El("main", sections.Select(s => El("section", At("id", s.Id), El("h2", s.Heading), s.Content))),
                El("footer", El("p", $"{Footer} Losses are in {unit.Name}; what is not defined is said to be so, never shown as 0."))));
        return "<!DOCTYPE html>\n" + Write(page) + "\n";
    }

    private static IEnumerable<(string Heading, IEnumerable<XElement> Content)> SectionsOf(CrossEntropyReport report, LossUnit unit)
    {
        ReportedModel[] evaluated = [.. report.Models.Where(m => m.IsEvaluated).OrderBy(m => Sortable(m.ClippedLogLoss))];
        PairedDifference?[] paired =
            [.. evaluated.Select(m => PairedDifference.Of(report.Comparisons, m.Name, evaluated[0].Name))];
        if (Conclusion.Of(evaluated, paired, unit) is { } sentence)
            yield return ("Overview", [El("p", Class("verdict"), sentence), .. OverviewSection.Of(evaluated, report.Comparisons, unit)]);
        if (report.Models.Count + report.Comparisons.Count > 0)
            yield return ("In detail", Details(report, evaluated, unit));
        foreach ((var section, var i) in report.Sections.Select((s, i) => (s, i)))
            yield return (section.Heading, section.ToElements(FormattableString.Invariant($"own-{i + 1}")));
    }

    /// <summary>Folded: each comparison, the fits, each model. The only model of a report is open.</summary>
    private static IEnumerable<XElement> Details(CrossEntropyReport report, ReportedModel[] evaluated, LossUnit unit)
    {
        foreach ((var comparison, var i) in report.Comparisons.Select((c, i) => (c, i)))
        {
            var pairs = comparison.Pairs.Count == 1 ? "a pair" : FormattableString.Invariant($"{comparison.Pairs.Count} pairs");
            yield return Folded($"Comparison of {pairs} on the same rows", ComparisonSection.Of(comparison, i, unit));
        }
        if (report.Models.Count > 0)
            yield return Folded("Training: how each fit went", TrainingSection.Of(report.Models, unit));
        foreach ((var model, var i) in evaluated.Select((m, i) => (m, i)))
        {
            var content = ModelSection.Of(model, FormattableString.Invariant($"model-{i + 1}"), unit);
            var summary = $"{model.Name}: log-loss {unit.Text(model.Evaluation!.LogLoss)} {unit.Name}";
            yield return Folded(summary, content, isOpen: evaluated.Length == 1);
        }
    }

    private static XElement Folded(string summary, IEnumerable<XElement> content, bool isOpen = false) =>
        El("details", Class("part"), isOpen ? At("open", "open") : null, El("summary", Class("title"), summary), El("div", content));

    private static double Sortable(double loss) => double.IsNaN(loss) ? double.PositiveInfinity : loss;

    private static XElement Facts(CrossEntropyReport report, string host, LossUnit unit)
    {
        List<string> facts = [host, $"losses in {unit.Name}"];
        if (report.Date is { } date)
            facts.Insert(0, date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        long[] rows = [.. report.Models.Where(m => m.IsEvaluated).Select(m => m.Evaluation!.Rows.Used).Distinct().Order()];
        if (rows.Length == 1)
            facts.Add($"{Figures.Rows(rows[0])} evaluated");
        else if (rows.Length > 1)
            facts.Add($"{Figures.Count(rows[0])} to {Figures.Count(rows[^1])} rows evaluated");
        return El("ul", Class("facts"), facts.Select(f => El("li", f)));
    }

    private static XElement? Contents((string Id, string Heading, IEnumerable<XElement>)[] sections)
    {
        var links = sections.Select(s => El("li", El("a", At("href", $"#{s.Id}"), TextTable.Shorten(s.Heading, 60))));
        return sections.Length < 3 ? null : El("nav", At("aria-label", "Contents"), El("ul", links));
    }

    private static string ReadStyle()
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>One model of a report; at least one of evaluation and training is known.</summary>
internal sealed record ReportedModel(string Name, LogLossMetrics? Evaluation, TrainingReport? Training)
{
    /// <summary>Those of a multiclass or binary model.</summary>
    public CrossEntropyMetrics? Metrics => Evaluation as CrossEntropyMetrics;

    public bool IsEvaluated => Evaluation is not null;

    public double ClippedLogLoss => Evaluation?.ClippedLogLoss ?? double.NaN;

    public ReliabilityDiagram? Reliability =>
        (Metrics as MulticlassCrossEntropyMetrics)?.Reliability ?? (Metrics as BinaryCrossEntropyMetrics)?.Reliability;
}

/// <summary>The wording of a report's errors.</summary>
internal static class ReportErrors
{
    public static ArgumentException Blank(string parameter) => new(
        $"'{parameter}' is blank; give it a few words, they become a heading.", parameter);

    public static ArgumentException ModelNameTaken(string name) => new(
        $"The report has a model called {Throw.Quoted(name)} already; models need names of their own, so that a reader can tell them "
            + "apart.",
        nameof(name));

    public static ArgumentException UnknownPictureFormat(string picture, int bytes) => new(
        $"The {bytes} bytes of the picture {Throw.Quoted(picture)} are none of PNG, JPEG, GIF and WebP, which browsers show; encode the "
            + "picture as one of them.");
}

using System.Reflection;
using Microsoft.ML;
using MLNet.CrossEntropy.Reporting;

namespace MLNet.CrossEntropy;

/// <summary>
/// A report on one or more models as a single HTML file: figures, loss curves, reliability, confusion, losses by class and by row,
/// comparisons, and sections of one's own. The file needs nothing but itself (no script, no network), follows the reader's light or
/// dark theme, prints, and gives each chart in words and as a table too. The same input gives the same bytes.
/// </summary>
/// <example>
/// <code>
/// new CrossEntropyReport("Iris")
///     .Add("softmax", metrics, TrainingReport.Of(model.LastTransformer))
///     .Add("lbfgs", otherMetrics)
///     .Save("report.html");
/// </code>
/// </example>
public sealed class CrossEntropyReport
{
    private readonly List<ReportedModel> _models = [];
    private readonly List<CrossEntropyComparison> _comparisons = [];
    private readonly List<ReportSection> _sections = [];

    /// <summary>A report without content.</summary>
    /// <param name="title">Its title.</param>
    public CrossEntropyReport(string title)
    {
        Title = string.IsNullOrWhiteSpace(title) ? throw ReportErrors.Blank(nameof(title)) : title;
    }

    /// <summary>The report's title.</summary>
    public string Title { get; }

    /// <summary>A few words below the title, such as what the data are; null for none.</summary>
    public string? Introduction { get; init; }

    /// <summary>The date to show; null shows none, so that the report does not depend on when it was made.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Whether losses are shown in bits; else they are in nats.</summary>
    public bool InBits { get; init; }

    internal IReadOnlyList<ReportedModel> Models => _models;

    internal IReadOnlyList<CrossEntropyComparison> Comparisons => _comparisons;

    internal IReadOnlyList<ReportSection> Sections => _sections;

    /// <summary>Adds a multiclass, binary or multi-label model.</summary>
    /// <param name="name">The model's name, which no other model of the report has.</param>
    /// <param name="metrics">What its evaluation found.</param>
    /// <param name="training">How its fit went, for the loss curves; null where that is not known.</param>
    /// <exception cref="ArgumentException">The name is blank or taken.</exception>
    public CrossEntropyReport Add(string name, LogLossMetrics metrics, TrainingReport? training = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Add(new ReportedModel(name, metrics, training));
    }

    /// <summary>Adds the loss curves of a model that was not evaluated.</summary>
    /// <inheritdoc cref="Add(string, LogLossMetrics, TrainingReport?)"/>
    public CrossEntropyReport Add(string name, TrainingReport training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return Add(new ReportedModel(name, null, training));
    }

    /// <summary>Adds a comparison of models on the same rows or folds.</summary>
    /// <param name="comparison">What the comparison found.</param>
    public CrossEntropyReport Add(CrossEntropyComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        _comparisons.Add(comparison);
        return this;
    }

    /// <summary>Adds the models of a cross-validation by their out-of-fold forecasts, and how they compare.</summary>
    /// <param name="result">What the cross-validation found.</param>
    /// <exception cref="ArgumentException">A model's name is blank or taken.</exception>
    public CrossEntropyReport Add<TMetrics>(CrossValidation<TMetrics> result)
        where TMetrics : LogLossMetrics
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var model in result.Models)
            Add(model.Name, model.Metrics);
        return result.Comparison is { } comparison ? Add(comparison) : this;
    }

    /// <summary>Adds a section of one's own, after all others.</summary>
    /// <param name="section">The section.</param>
    public CrossEntropyReport Add(ReportSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        _sections.Add(section);
        return this;
    }

    /// <summary>The report as an HTML document.</summary>
    public string ToHtml() => ReportPage.Of(this, HostDescription());

    /// <summary>Writes the report to a file as UTF-8, replacing what was there.</summary>
    /// <param name="path">The file, such as "report.html".</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        File.WriteAllText(path, ToHtml());
    }

    private CrossEntropyReport Add(ReportedModel model)
    {
        if (string.IsNullOrWhiteSpace(model.Name))
            throw ReportErrors.Blank(nameof(model.Name));
        if (_models.Exists(m => m.Name == model.Name))
            throw ReportErrors.ModelNameTaken(model.Name);
        _models.Add(model);
        return this;
    }

    private static string HostDescription()
    {
        var version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"Microsoft.ML {version?.Split('+')[0]}";
    }
}

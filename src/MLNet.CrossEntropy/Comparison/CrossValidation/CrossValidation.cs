using System.Text.Json.Serialization;
using Microsoft.ML;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What a cross-validation of one or more models found. Losses are in nats.</summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed class CrossValidation<TMetrics>
    where TMetrics : LogLossMetrics
{
    internal CrossValidation() { }

    /// <summary>The models in the order given.</summary>
    public IReadOnlyList<CrossValidatedModel<TMetrics>> Models { get; internal init; } = [];

    /// <summary>The models compared over the folds; null where there is one model.</summary>
    public CrossEntropyComparison? Comparison { get; internal init; }

    /// <summary>The number of folds.</summary>
    public int NumberOfFolds { get; internal init; }

    /// <summary>How often all rows were dealt to folds.</summary>
    public int Repeats { get; internal init; }

    /// <summary>The seed of folds and fits: given as an option it repeats both exactly.</summary>
    public int Seed { get; internal init; }

    /// <summary>What a reader of the figures must know; the metrics and the comparison have warnings of their own.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>The model of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public CrossValidatedModel<TMetrics> Model(string name) => Models.FirstOrDefault(m => m.Name == name)
        ?? throw new KeyNotFoundException(
            $"There is no model {Throw.Quoted(name)}; there are {Throw.Listed([.. Models.Select(m => m.Name)])}.");

    /// <inheritdoc cref="LogLossMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The models, their folds and differences as Markdown tables, with a sentence on each pair.</summary>
    public string ToMarkdown() => ComparisonTables.Markdown(Summary);

    /// <summary>The cross-validation as a table for people.</summary>
    public override string ToString() => ComparisonTables.Text(Summary);

    private CrossEntropyComparison Summary => (Comparison ?? new() { Rows = Models[0].Rows }) with
    {
        Models = Models,
        Warnings = [.. Warnings.Concat(Comparison?.Warnings ?? Models[0].Metrics.Warnings)],
    };
}

/// <summary>
/// A model as its out-of-fold forecasts show it: each row is forecast by a model that was fitted without the row's fold. The log-loss
/// and its interval are those of all forecasts together, those of all repeats.
/// </summary>
/// <typeparam name="TMetrics">The metrics of the task.</typeparam>
public sealed record CrossValidatedModel<TMetrics> : ComparedModel
    where TMetrics : LogLossMetrics
{
    internal CrossValidatedModel(ComparedModel model)
        : base(model)
    {
    }

    /// <summary>The metrics of all forecasts of the first repeat together, each row forecast once.</summary>
    public TMetrics Metrics => Repeats[0];

    /// <summary>The metrics of all forecasts of each repeat together; their log-loss has the standard error that folds and groups
    /// leave.</summary>
    [JsonIgnore]
    public IReadOnlyList<TMetrics> Repeats { get; internal init; } = [];

    /// <summary>The metrics of each fold, repeat after repeat.</summary>
    [JsonIgnore]
    public IReadOnlyList<TMetrics> Folds { get; internal init; } = [];

    /// <summary>
    /// The forecasts: columns for label, scores, weight (Weight where the options name none), group and id by the names that the options
    /// give them, and Row, Repeat and Fold, counted from 0. Rows stand in the order of the data, repeat after repeat.
    /// </summary>
    [JsonIgnore]
    public IDataView Forecasts { get; internal init; } = null!;

    /// <summary>The models of the folds, repeat after repeat; empty unless they were asked for.</summary>
    [JsonIgnore]
    public IReadOnlyList<ITransformer> Transformers { get; internal init; } = [];
}

using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>What a comparison of models on the same rows found. Losses are in nats.</summary>
public sealed record CrossEntropyComparison
{
    /// <summary>The models in the order given.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>Every model against the baseline, or every pair.</summary>
    public required IReadOnlyList<PairedComparison> Pairs { get; init; }

    /// <summary>The model that the others were compared with; null where all pairs were.</summary>
    public required string? Baseline { get; init; }

    /// <summary>
    /// Where every row went. A row is used where every model can be judged on it; any other counts by what the first model
    /// that cannot be has against it.
    /// </summary>
    public required RowCounts Rows { get; init; }

    /// <summary>The column of the groups; null where rows are taken as independent.</summary>
    public required string? GroupColumnName { get; init; }

    /// <summary>The floor under the probabilities behind the clipped losses.</summary>
    public required double ProbabilityFloor { get; init; }

    /// <summary>The confidence of the intervals.</summary>
    public required double ConfidenceLevel { get; init; }

    /// <summary>The seed of the bootstrap: given as an option it repeats it exactly.</summary>
    public required int Seed { get; init; }

    /// <summary>What a reader of the figures must know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The comparison of two models, whichever way round; its signs are those of <see cref="PairedComparison"/>.</summary>
    /// <exception cref="KeyNotFoundException">These two were not compared.</exception>
    public PairedComparison Pair(string one, string other) =>
        Pairs.FirstOrDefault(p => (p.First == one && p.Second == other) || (p.First == other && p.Second == one))
        ?? throw new KeyNotFoundException($"'{one}' and '{other}' were not compared; compared were {string.Join(", ", Pairs.Select(p => $"'{p.First}' with '{p.Second}'"))}.");

    /// <inheritdoc cref="CrossEntropyMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The models and the differences as Markdown tables, with a sentence on each pair.</summary>
    public string ToMarkdown() => ComparisonTables.Markdown(this);

    /// <summary>The comparison as a table for people.</summary>
    public override string ToString() => ComparisonTables.Text(this);
}

using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What a comparison of models on the same rows found. Losses are in nats.</summary>
public sealed record CrossEntropyComparison
{
    internal CrossEntropyComparison() { }

    /// <summary>The models in the order given.</summary>
    public IReadOnlyList<ComparedModel> Models { get; internal init; } = [];

    /// <summary>Every model against the baseline, or every pair.</summary>
    public IReadOnlyList<PairedComparison> Pairs { get; internal init; } = [];

    /// <summary>The model that the others were compared with; null where all pairs were.</summary>
    public string? Baseline { get; internal init; }

    /// <summary>
    /// Where every row went. A row is used where every model can be evaluated on it; any other counts by what the first model
    /// that cannot be has against it.
    /// </summary>
    public RowCounts Rows { get; internal init; } = new();

    /// <summary>The column of the groups; null where rows are taken as independent.</summary>
    public string? GroupColumnName { get; internal init; }

    /// <summary>The floor under the probabilities behind the clipped losses.</summary>
    public double ProbabilityFloor { get; internal init; }

    /// <summary>The confidence of the intervals.</summary>
    public double ConfidenceLevel { get; internal init; }

    /// <summary>The seed of the bootstrap: given as an option it repeats it exactly.</summary>
    public int Seed { get; internal init; }

    /// <summary>What a reader of the figures must know.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>The comparison of two models, whichever way round; its signs are those of <see cref="PairedComparison"/>.</summary>
    /// <exception cref="KeyNotFoundException">These two were not compared.</exception>
    public PairedComparison Pair(string one, string other) =>
        Pairs.FirstOrDefault(p => (p.First == one && p.Second == other) || (p.First == other && p.Second == one))
        ?? throw new KeyNotFoundException($"'{one}' and '{other}' were not compared; compared were "
            + $"{string.Join(", ", Pairs.Select(p => $"'{p.First}' with '{p.Second}'"))}.");

    /// <inheritdoc cref="CrossEntropyMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The models and the differences as Markdown tables, with a sentence on each pair.</summary>
    public string ToMarkdown() => ComparisonTables.Markdown(this);

    /// <summary>The comparison as a table for people.</summary>
    public override string ToString() => ComparisonTables.Text(this);
}

/// <summary>One model's figures on the rows that all compared models could be evaluated on. Losses are in nats.</summary>
public sealed record ComparedModel
{
    internal ComparedModel() { }

    /// <summary>The model's name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>
    /// Where every row went by this model's own scores; <see cref="CrossEntropyComparison.Rows"/> counts those left for the comparison.
    /// </summary>
    public RowCounts Rows { get; internal init; } = new();

    /// <summary>What the losses were computed from: probabilities, logits, and how that was found out.</summary>
    public string ScoresUsed { get; internal init; } = "";

    /// <summary>The mean loss without a floor: infinite where a true class was given probability 0.</summary>
    public double LogLoss { get; internal init; }

    /// <summary><see cref="LogLoss"/> in bits.</summary>
    public double LogLossBits => LogLoss / Math.Log(2);

    /// <summary>The mean loss with probabilities raised to <see cref="CrossEntropyComparison.ProbabilityFloor"/>.</summary>
    public double ClippedLogLoss { get; internal init; }

    /// <summary>The standard error of <see cref="ClippedLogLoss"/>, rows taken as independent; NaN below two effective rows.</summary>
    public double LogLossStandardError { get; internal init; }

    /// <summary>
    /// The normal confidence interval of <see cref="ClippedLogLoss"/>. To compare models look at their difference: on the same rows it
    /// is far surer than this.
    /// </summary>
    public ConfidenceInterval LogLossInterval { get; internal init; }

    /// <summary>The weighted share of rows (for multi-label models: of answers) that the model gets right.</summary>
    public double Accuracy { get; internal init; }

    /// <summary>The number of rows whose loss is infinite.</summary>
    public long InfiniteRows { get; internal init; }
}

/// <summary>How models are compared on the same rows.</summary>
public sealed class ComparisonOptions
{
    /// <summary>The model that all others are compared with; null is the first.</summary>
    public string? Baseline { get; set; }

    /// <summary>Compare every model with every other instead of with the baseline only.</summary>
    public bool AllPairs { get; set; }

    /// <summary>
    /// A column (key, text, number or Boolean) that says which rows belong together: pictures of one animal, visits of one
    /// patient. Rows of a group need not be independent; standard errors and bootstrap then rest on the number of groups.
    /// Memory grows with that number. A row without a group is one of its own. Null takes all rows for independent.
    /// </summary>
    public string? GroupColumnName { get; set; }

    /// <summary>
    /// A column (key, text, number or Boolean) that names the rows in the lists of those that matter most; null numbers them.
    /// </summary>
    public string? IdColumnName { get; set; }

    /// <summary>How many rows to list that speak most for either model of a pair, 0 to 10,000.</summary>
    public int ListedRows { get; set; } = 10;

    /// <summary>The number of bootstrap resamples, 0 (no bootstrap) to 100,000.</summary>
    public int BootstrapResamples { get; set; } = 1000;

    /// <summary>Seeds the bootstrap; null draws one from the MLContext, whose own seed thus decides it.</summary>
    public int? Seed { get; set; }

    /// <summary>The threads of the bootstrap; null is one for each processor. The outcome is the same bits for any number.</summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>Refuses options that make no sense for models of these names.</summary>
    internal void Check(string[] models)
    {
        if (models.Length < 2)
            throw ComparisonErrors.TooFewModels(models.Length);
        if (models.Any(string.IsNullOrEmpty))
            throw ComparisonErrors.EmptyName();
        if (Baseline is { } baseline && !models.Contains(baseline))
            throw ComparisonErrors.UnknownBaseline(baseline, models);
        var resamples = BootstrapResamples;
        var isAllowed = resamples is >= 0 and <= 100_000;
        _ = Guard.Range(resamples, isAllowed, nameof(BootstrapResamples), "0 to 100000", "1000 is usual, 0 leaves the bootstrap out");
        _ = Guard.Range(ListedRows, ListedRows is >= 0 and <= 10_000, nameof(ListedRows), "0 to 10000", "0 lists none");
        var threads = NumberOfThreads ?? 1;
        _ = Guard.Range(threads, threads >= 1, nameof(NumberOfThreads), "null or at least 1", "null takes one a processor");
    }
}

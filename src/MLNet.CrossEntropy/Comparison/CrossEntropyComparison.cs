using System.Text.Json.Serialization;
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

    /// <summary>The model of the lowest log-loss, of equals the first.</summary>
    public string Best => Models.MinBy(m => (double.IsNaN(m.ClippedLogLoss), m.ClippedLogLoss))?.Name ?? "";

    /// <summary>
    /// The pairs that <see cref="Best"/> is one of. Which model is best the same rows have said: with
    /// <see cref="ComparisonOptions.AllPairs"/> the adjusted p-values make up for that, since they are adjusted for every pair there is.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<PairedComparison> PairsWithBest => [.. Pairs.Where(p => p.First == Best || p.Second == Best)];

    /// <summary>
    /// The interval of the clipped log-loss of <paramref name="model"/> less that of <paramref name="other"/>: wholly above 0 where the
    /// first is worse, and that is no chance.
    /// </summary>
    /// <exception cref="KeyNotFoundException">These two were not compared.</exception>
    public ConfidenceInterval DifferenceInterval(string model, string other)
    {
        var pair = Pair(model, other);
        return pair.First == model ? pair.Interval : new(-pair.Interval.Upper, -pair.Interval.Lower, pair.Interval.Level);
    }

    /// <summary>The comparison of two models, whichever way round; its signs are those of <see cref="PairedComparison"/>.</summary>
    /// <exception cref="KeyNotFoundException">These two were not compared.</exception>
    public PairedComparison Pair(string one, string other) =>
        Pairs.FirstOrDefault(p => (p.First == one && p.Second == other) || (p.First == other && p.Second == one))
        ?? throw new KeyNotFoundException($"{Throw.Quoted(one)} and {Throw.Quoted(other)} were not compared; compared were "
            + $"{string.Join(", ", Pairs.Select(p => $"{Throw.Quoted(p.First)} with {Throw.Quoted(p.Second)}"))}.");

    /// <summary>
    /// Compares models by nothing but their log-losses on the folds of a cross-validation, or of repeated random splits; see
    /// <see cref="PairedComparison.StandardError"/>. A fold stands for a row in all counts.
    /// </summary>
    /// <param name="logLosses">For each model by name its log-loss in nats on each fold, in the same order.</param>
    /// <param name="options">Baseline, or all pairs; null for the defaults. There is no bootstrap.</param>
    /// <param name="testToTrainRatio">n_test / n_train of a fold; null is that of plain cross-validation, 1 / (J - 1) for J folds.</param>
    /// <param name="confidenceLevel">The confidence of the intervals, in (0, 1).</param>
    /// <exception cref="ArgumentException">The lists differ in length or have fewer than two folds, or a log-loss is not
    /// finite.</exception>
    public static CrossEntropyComparison OfFolds(
        IReadOnlyDictionary<string, IReadOnlyList<double>> logLosses,
        ComparisonOptions? options = null,
        double? testToTrainRatio = null,
        double confidenceLevel = 0.95) =>
        FoldComparer.Compare(logLosses, options ?? new(), testToTrainRatio, confidenceLevel);

    /// <inheritdoc cref="LogLossMetrics.ToJson"/>
    public string ToJson(bool indented = false) => MetricsJson.Of(this, indented);

    /// <summary>The models and the differences as Markdown tables, with a sentence on each pair.</summary>
    public string ToMarkdown() => ComparisonTables.Markdown(this);

    /// <summary>The comparison as a table for people.</summary>
    public override string ToString() => ComparisonTables.Text(this);
}

/// <summary>One model's figures on the rows that all compared models could be evaluated on. Losses are in nats.</summary>
public record ComparedModel
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

    /// <summary>
    /// The standard error of <see cref="ClippedLogLoss"/>: of the rows, or, where there are groups, of these, as in
    /// <see cref="PairedComparison.StandardError"/>. In a cross-validation the rows of a fold share a model, and the repeats share rows:
    /// a row, or its group, counts once whatever the repeats, and where folds differ by more than their rows explain it is the standard
    /// error by folds. NaN below two effective rows or groups.
    /// </summary>
    public double LogLossStandardError { get; internal init; }

    /// <summary>
    /// The confidence interval of <see cref="ClippedLogLoss"/>: normal, or with groups and folds by Student's t. To compare models look at
    /// their difference: on the same rows it is far surer than this.
    /// </summary>
    public ConfidenceInterval LogLossInterval { get; internal init; }

    /// <summary>The weighted share of rows (for multi-label models: of answers) that the model gets right.</summary>
    public double Accuracy { get; internal init; }

    /// <summary>The number of rows whose loss is infinite.</summary>
    public long InfiniteRows { get; internal init; }

    /// <summary>The clipped log-loss of each fold of a cross-validation, repeat after repeat; else empty.</summary>
    public IReadOnlyList<double> FoldLogLosses { get; internal init; } = [];

    /// <inheritdoc/>
    public sealed override string ToString() => RecordText.Of(GetType(), PrintMembers);
}

/// <summary>How models are compared on the same rows.</summary>
public class ComparisonOptions
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

    internal ComparisonOptions Copy() => (ComparisonOptions)MemberwiseClone();

    /// <summary>The same without bootstrap and lists of rows.</summary>
    internal ComparisonOptions WithoutRows()
    {
        var copy = Copy();
        (copy.BootstrapResamples, copy.ListedRows) = (0, 0);
        return copy;
    }

    /// <summary>Refuses options that make no sense for models of these names.</summary>
    internal void Check(string[] models, int fewest = 2)
    {
        if (models.Length < fewest)
            throw ComparisonErrors.TooFewModels(models.Length, fewest);
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

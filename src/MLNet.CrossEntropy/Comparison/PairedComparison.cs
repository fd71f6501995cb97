using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Two models on the same rows. Differences are <c>d = loss of the first - loss of the second</c> in nats, so that a negative one
/// speaks for the first. Test and intervals rest on the clipped losses, which are finite.
/// </summary>
public sealed record PairedComparison
{
    internal PairedComparison() { }

    /// <summary>The first model's name.</summary>
    public string First { get; internal init; } = "";

    /// <summary>The second model's name; the baseline's where there is one.</summary>
    public string Second { get; internal init; } = "";

    /// <summary>The number of rows compared.</summary>
    public long Rows { get; internal init; }

    /// <summary>The effective number of rows, <c>(sum w)^2 / sum w^2</c>.</summary>
    public double EffectiveRows { get; internal init; }

    /// <summary>The number of groups of rows; null where rows are taken as independent.</summary>
    public long? Groups { get; internal init; }

    /// <summary>The number of folds of a cross-validation, those of all repeats; null where there are none.</summary>
    public int? Folds { get; internal init; }

    /// <summary><c>sum w d / sum w</c> without a floor: infinite where just one model's log-loss is, NaN where both are.</summary>
    public double MeanDifference { get; internal init; }

    /// <summary><see cref="MeanDifference"/> in bits.</summary>
    public double MeanDifferenceBits => MeanDifference / Math.Log(2);

    /// <summary>The same of the clipped losses.</summary>
    public double ClippedMeanDifference { get; internal init; }

    /// <summary>
    /// The standard error of <see cref="ClippedMeanDifference"/> m. Independent rows, n effective:
    /// <c>sqrt(sum w (d - m)^2 / sum w / (n - 1))</c>. G groups: <c>sqrt(G / (G - 1) sum_g (sum_(i in g) w (d - m))^2) / sum w</c>
    /// (Liang and Zeger 1986). J folds, whose models share most of their training rows so that a plain t-test finds differences where there
    /// are none: <c>sqrt((1/J + n_test / n_train) sum_j (d_j - m)^2 / (J - 1))</c> (Nadeau and Bengio 2003, "Inference for the
    /// generalization error"), folds weighing as much as their rows. NaN below two effective rows, groups or folds.
    /// </summary>
    public double StandardError { get; internal init; }

    /// <summary>The degrees of freedom of Student's t behind interval and p-value: n - 1, G - 1 or J - 1.</summary>
    public double DegreesOfFreedom { get; internal init; }

    /// <summary>The t interval of <see cref="ClippedMeanDifference"/>.</summary>
    public ConfidenceInterval Interval { get; internal init; }

    /// <summary>
    /// The paired t-test's two-sided p-value: how often chance alone would give so large a difference, were the models equally
    /// good. 1 for models of the same loss everywhere; NaN where there is no standard error.
    /// </summary>
    public double PValue { get; internal init; }

    /// <summary>
    /// <see cref="PValue"/> raised for the number of pairs compared at once (Holm 1979); the same where there is one pair.
    /// </summary>
    public double AdjustedPValue { get; internal init; }

    /// <summary>
    /// The bootstrap's percentile interval of <see cref="ClippedMeanDifference"/>, the (1 - level)/2 and (1 + level)/2 quantiles over the
    /// resamples; null when not asked for. Each resample weighs every row (or every group as a whole) by a draw from a Poisson
    /// distribution of mean 1, which needs a single pass (Oza and Russell 2001; Chamandy et al. 2012, "Estimating uncertainty for massive
    /// data streams"). Of a cross-validation, too, it draws rows or groups: it speaks of these models on other rows, not of other
    /// training rows.
    /// </summary>
    public ConfidenceInterval? BootstrapInterval { get; internal init; }

    /// <summary>The standard deviation of <see cref="ClippedMeanDifference"/> over the resamples.</summary>
    public double? BootstrapStandardError { get; internal init; }

    /// <summary>The number of resamples that held any row.</summary>
    public int? BootstrapResamples { get; internal init; }

    /// <summary>The weighted share of rows on which the first model has the lower loss, ties counting a half.</summary>
    public double WinRate { get; internal init; }

    /// <summary>The weighted share of rows on which both have the same loss.</summary>
    public double TieRate { get; internal init; }

    /// <summary>The number of rows whose loss is infinite with the first model.</summary>
    public long FirstInfiniteRows { get; internal init; }

    /// <summary>The number of rows whose loss is infinite with the second model.</summary>
    public long SecondInfiniteRows { get; internal init; }

    /// <summary>The number of rows with a clipped loss of either model.</summary>
    public long ClippedRows { get; internal init; }

    /// <summary>The rows that speak most for the first model, the weightiest first.</summary>
    public IReadOnlyList<RowDifference> RowsForFirst { get; internal init; } = [];

    /// <summary>The rows that speak most for the second model, the weightiest first.</summary>
    public IReadOnlyList<RowDifference> RowsForSecond { get; internal init; } = [];

    /// <summary>What can be said by <see cref="AdjustedPValue"/>.</summary>
    public ComparisonVerdict Verdict =>
        ComparisonSentence.Verdict(ClippedMeanDifference, AdjustedPValue, Interval.Level, allEqual: TieRate == 1);

    /// <summary>The outcome in a sentence: "A is better than B by 0.012 nats (95% CI 0.006 to 0.018, p = 0.0002)."</summary>
    public string Sentence => ComparisonSentence.Of(this);

    /// <summary>The same as <see cref="Sentence"/>.</summary>
    public override string ToString() => Sentence;
}

/// <summary>A row on which two models differ much.</summary>
public sealed record RowDifference
{
    internal RowDifference(long row, string? id, string? label, double weight, double firstLoss, double secondLoss, double contribution) =>
        (Row, Id, Label, Weight, FirstLoss, SecondLoss, Contribution) = (row, id, label, weight, firstLoss, secondLoss, contribution);

    /// <summary>Its position in the data, from 0.</summary>
    public long Row { get; }

    /// <summary>Its name in the id column; null without one, or where it has none.</summary>
    public string? Id { get; }

    /// <summary>The name of its true class; null for a soft or multi-label one.</summary>
    public string? Label { get; }

    /// <summary>Its weight.</summary>
    public double Weight { get; }

    /// <summary>The first model's loss in nats, without a floor.</summary>
    public double FirstLoss { get; }

    /// <summary>The second model's.</summary>
    public double SecondLoss { get; }

    /// <summary>
    /// What it adds to <see cref="PairedComparison.ClippedMeanDifference"/>: weight times difference of clipped losses, over the sum of
    /// weights.
    /// </summary>
    public double Contribution { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(RowDifference), PrintMembers);
}

/// <summary>What a comparison of two models allows to say.</summary>
public enum ComparisonVerdict
{
    /// <summary>There are too few rows, groups or folds to tell chance from difference.</summary>
    TooFew,

    /// <summary>Both models have the same loss everywhere.</summary>
    Equal,

    /// <summary>The difference may be chance: the p-value is not below 1 less the confidence level.</summary>
    Undecided,

    /// <summary>The first model's log-loss is lower, and chance is an unlikely reason.</summary>
    FirstBetter,

    /// <summary>The second model's log-loss is lower, and chance is an unlikely reason.</summary>
    SecondBetter,
}

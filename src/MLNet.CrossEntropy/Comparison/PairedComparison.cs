using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy;

/// <summary>
/// Two models on the same rows. Differences are <c>d = loss of the first - loss of the second</c> in nats, so that a negative one
/// speaks for the first. Test and intervals rest on the clipped losses, which are finite.
/// </summary>
public sealed record PairedComparison
{
    /// <summary>The first model's name.</summary>
    public required string First { get; init; }

    /// <summary>The second model's name; the baseline's where there is one.</summary>
    public required string Second { get; init; }

    /// <summary>The number of rows compared.</summary>
    public required long Rows { get; init; }

    /// <summary>The effective number of rows, <c>(sum w)^2 / sum w^2</c>.</summary>
    public required double EffectiveRows { get; init; }

    /// <summary>The number of groups of rows; null where rows are taken as independent.</summary>
    public required long? Groups { get; init; }

    /// <summary><c>sum w d / sum w</c> without a floor: infinite where just one model's log-loss is, NaN where both are.</summary>
    public required double MeanDifference { get; init; }

    /// <summary><see cref="MeanDifference"/> in bits.</summary>
    public double MeanDifferenceBits => MeanDifference / Math.Log(2);

    /// <summary>The same of the clipped losses.</summary>
    public required double ClippedMeanDifference { get; init; }

    /// <summary>
    /// The standard error of <see cref="ClippedMeanDifference"/> m. Independent rows, n effective:
    /// <c>sqrt(sum w (d - m)^2 / sum w / (n - 1))</c>. G groups: <c>sqrt(G / (G - 1) sum_g (sum_(i in g) w (d - m))^2) / sum w</c>
    /// (Liang and Zeger 1986). NaN below two effective rows or groups.
    /// </summary>
    public required double StandardError { get; init; }

    /// <summary>The degrees of freedom of Student's t behind interval and p-value: n - 1, or G - 1.</summary>
    public required double DegreesOfFreedom { get; init; }

    /// <summary>The t interval of <see cref="ClippedMeanDifference"/>.</summary>
    public required ConfidenceInterval Interval { get; init; }

    /// <summary>
    /// The paired t-test's two-sided p-value: how often chance alone would give so large a difference, were the models equally
    /// good. 1 for models of the same loss everywhere; NaN where there is no standard error.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary><see cref="PValue"/> raised for the number of pairs compared at once (Holm 1979); the same where there is one pair.</summary>
    public required double AdjustedPValue { get; init; }

    /// <summary>The bootstrap of <see cref="ClippedMeanDifference"/>; null when not asked for.</summary>
    public required BootstrapInterval? Bootstrap { get; init; }

    /// <summary>The weighted share of rows on which the first model has the lower loss, ties counting a half.</summary>
    public required double WinRate { get; init; }

    /// <summary>The weighted share of rows on which both have the same loss.</summary>
    public required double TieRate { get; init; }

    /// <summary>The number of rows whose loss is infinite with the first model.</summary>
    public required long FirstInfiniteRows { get; init; }

    /// <summary>The number of rows whose loss is infinite with the second model.</summary>
    public required long SecondInfiniteRows { get; init; }

    /// <summary>The number of rows with a clipped loss of either model.</summary>
    public required long ClippedRows { get; init; }

    /// <summary>The rows that speak most for the first model, the weightiest first.</summary>
    public required IReadOnlyList<RowDifference> RowsForFirst { get; init; }

    /// <summary>The rows that speak most for the second model, the weightiest first.</summary>
    public required IReadOnlyList<RowDifference> RowsForSecond { get; init; }

    /// <summary>What can be said, judged by <see cref="AdjustedPValue"/>.</summary>
    public ComparisonVerdict Verdict => ComparisonSentence.Verdict(ClippedMeanDifference, AdjustedPValue, Interval.Level, allEqual: TieRate == 1);

    /// <summary>The outcome in a sentence: "A is better than B by 0.012 nats (95% CI 0.006 to 0.018, p = 0.0002)."</summary>
    public string Sentence => ComparisonSentence.Of(this);

    /// <summary><see cref="Sentence"/> in one line.</summary>
    public override string ToString() => TextTable.Clean(Sentence);
}

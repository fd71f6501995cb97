namespace MLNet.CrossEntropy;

/// <summary>
/// Where every row of the evaluated data went. <see cref="Total"/> is the sum of all other counts except
/// <see cref="Clipped"/>, <see cref="RoundedToZero"/> and <see cref="CountedAsMistake"/>, which count rows of the other kinds once more.
/// </summary>
public sealed record RowCounts
{
    internal RowCounts() { }

    /// <summary>Rows that entered the metrics.</summary>
    public long Used { get; internal init; }

    /// <summary>Rows whose label is missing (key 0, NaN, empty text, a soft label that is negative or all 0), left out.</summary>
    public long MissingLabel { get; internal init; }

    /// <summary>Rows whose label is none of the model's classes.</summary>
    public long UnknownClass { get; internal init; }

    /// <summary>Rows with a NaN or infinite score (a logit may be minus infinity).</summary>
    public long NonFiniteScore { get; internal init; }

    /// <summary>Rows with a probability below 0 (or a binary one above 1).</summary>
    public long OutOfRangeScore { get; internal init; }

    /// <summary>Rows whose probabilities do not sum to 1 within the tolerance.</summary>
    public long RowSumNotOne { get; internal init; }

    /// <summary>Rows of weight 0, left out.</summary>
    public long ZeroWeight { get; internal init; }

    /// <summary>Rows of the unknown-class and invalid-score kinds that log-loss and accuracy count as mistakes, on request.</summary>
    public long CountedAsMistake { get; internal init; }

    /// <summary>
    /// Rows whose probability of the true class lay below the floor or was rounded to 0, rows counted as mistakes among them.
    /// </summary>
    public long Clipped { get; internal init; }

    /// <summary>
    /// Rows whose probability of the true class is 0 in single precision: it stands for less than 2^-149, the smallest number there is,
    /// and counts as just that. A binary model's 1 for what did not happen leaves it less than 2^-25, half a rounding of 1.
    /// </summary>
    public long RoundedToZero { get; internal init; }

    /// <summary>Rows of scores taken for logits by the first of them that might be probabilities.</summary>
    internal long Distributions { get; init; }

    /// <summary>Rows whose scores could not be used.</summary>
    public long InvalidScore => NonFiniteScore + OutOfRangeScore + RowSumNotOne;

    /// <summary>All rows of the data.</summary>
    public long Total => Used + MissingLabel + UnknownClass + InvalidScore + ZeroWeight;

    /// <inheritdoc/>
    public override string ToString()
    {
        var rounded = RoundedToZero > 0 ? FormattableString.Invariant($", {RoundedToZero} rounded to 0") : "";
        return FormattableString.Invariant($"{Total} rows: {Used} used ({Clipped} clipped{rounded}), {MissingLabel} missing label, ")
            + FormattableString.Invariant($"{UnknownClass} unknown class, {InvalidScore} invalid score ({NonFiniteScore} not finite, ")
            + FormattableString.Invariant($"{OutOfRangeScore} out of range, {RowSumNotOne} not summing to 1), {ZeroWeight} zero weight");
    }
}

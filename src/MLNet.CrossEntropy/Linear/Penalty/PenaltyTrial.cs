using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>One penalty that was tried on the way to the chosen one, and what rows that were held out say of it.</summary>
public sealed record PenaltyTrial
{
    [JsonConstructor]
    internal PenaltyTrial()
    {
    }

    /// <summary>The L2 penalty, as it would be for a fit to all rows.</summary>
    [JsonInclude]
    public double L2Regularization { get; internal init; }

    /// <summary>The L1 penalty.</summary>
    [JsonInclude]
    public double L1Regularization { get; internal init; }

    /// <summary>
    /// Whether L2 is on the weights of features that are scaled to a standard deviation of 1 (sparse ones: a mean square of 1), or on
    /// the raw ones.
    /// </summary>
    [JsonInclude]
    public bool IsOfScaledFeatures { get; internal init; }

    /// <summary>The weighted mean log-loss (nats) of the rows that were held out.</summary>
    [JsonInclude]
    public double HeldOutLoss { get; internal init; }

    /// <summary>The standard error of <see cref="HeldOutLoss"/>. Trials share their rows, so that they differ by less.</summary>
    [JsonInclude]
    public double StandardError { get; internal init; }

    /// <summary>Whether it is the one that was taken.</summary>
    [JsonInclude]
    public bool IsChosen { get; internal init; }

    /// <summary>
    /// Whether it is the strongest of its kind whose loss lies within a standard error of the lowest: the simpler model that a
    /// careful user may prefer (Breiman, Friedman, Olshen and Stone 1984, section 3.4.3).
    /// </summary>
    [JsonInclude]
    public bool IsOneStandardError { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(PenaltyTrial), PrintMembers);
}

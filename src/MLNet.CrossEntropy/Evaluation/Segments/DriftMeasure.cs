using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>One thing that may have changed since a reference set, and how sure that is.</summary>
public sealed record DriftMeasure
{
    internal DriftMeasure() { }

    /// <summary>What may have changed: "log-loss", "share of class x", "forecasts of class x".</summary>
    public string Quantity { get; internal init; } = "";

    /// <summary>How the change is measured and tested.</summary>
    public string Statistic { get; internal init; } = "";

    /// <summary>The change: a difference, these rows less the reference; of forecasts the largest distance of two distributions.</summary>
    public double Value { get; internal init; }

    /// <summary>The interval of the change.</summary>
    public ConfidenceInterval Interval { get; internal init; }

    /// <summary>How often chance alone would give so large a change between rows of one kind; NaN where it cannot be tested.</summary>
    public double PValue { get; internal init; }

    /// <summary>The p-value raised for the number of changes looked at (Holm 1979).</summary>
    public double AdjustedPValue { get; internal init; }

    /// <summary>Why a figure is NaN, where one is.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        PlainText.Escape(Quantity)
        + FormattableString.Invariant($": {Value:0.0000}, {Interval}, p {AdjustedPValue:0.0000} (Holm); {Statistic}")
        + string.Concat(Warnings.Select(warning => $". {warning}"));
}

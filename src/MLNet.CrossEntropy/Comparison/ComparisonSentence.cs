using System.Globalization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Puts the outcome of a comparison into words that promise no more than the figures do.</summary>
internal static class ComparisonSentence
{
    public static ComparisonVerdict Verdict(double difference, double pValue, double level, bool allEqual) =>
        allEqual ? ComparisonVerdict.Equal
        : double.IsNaN(pValue) ? ComparisonVerdict.TooFew
        : !(pValue < 1 - level) ? ComparisonVerdict.Undecided
        : difference < 0 ? ComparisonVerdict.FirstBetter
        : ComparisonVerdict.SecondBetter;

    public static string Of(PairedComparison pair)
    {
        pair = pair with { First = PlainText.Escape(pair.First), Second = PlainText.Escape(pair.Second) };
        if (pair.Rows == 0)
            return $"Nothing can be said about {pair.First} and {pair.Second}: there is no row on which both can be evaluated.";
        var difference = pair.ClippedMeanDifference;
        Figures figures = new(pair.First, pair.Second, difference, pair.StandardError, pair.Interval, pair.PValue, pair.AdjustedPValue);
        return Infinite(pair) + Of(figures, pair) + Clipped(pair);
    }

    private static string Of(in Figures f, PairedComparison pair)
    {
        (var better, var worse) = f.Difference <= 0 ? (f.First, f.Second) : (f.Second, f.First);
        return pair.Verdict switch
        {
            ComparisonVerdict.Equal => $"{f.First} and {f.Second} have the same loss on every row.",
            ComparisonVerdict.TooFew =>
                $"Nothing can be said about {f.First} and {f.Second}: {Count(pair)} too few to tell a difference from chance.",
            ComparisonVerdict.Undecided => $"No clear difference: the log-loss of {better} is lower than that of {worse} by {f}.",
            _ => $"{better} is better than {worse} by {f}.",
        };
    }

    private static string Count(PairedComparison pair) =>
        pair.Folds is { } folds ? $"{folds} folds are"
        : pair.Groups is { } groups ? (groups == 1 ? "1 group of rows is" : $"{groups} groups of rows are")
        : string.Create(CultureInfo.InvariantCulture, $"{pair.EffectiveRows:0.#} effective rows are");

    /// <summary>What must be said first where a model gave a true class probability 0: no finite figure covers it.</summary>
    private static string Infinite(PairedComparison pair)
    {
        (var first, var second) = (pair.FirstInfiniteRows, pair.SecondInfiniteRows);
        if (first == 0 && second == 0)
            return "";
        var text = first > 0 && second > 0
            ? $"Both log-losses are infinite ({Rows(first)} of {pair.First}, {Rows(second)} of {pair.Second} with probability 0 of the "
                + "true class)."
            : $"The log-loss of {(first > 0 ? pair.First : pair.Second)} is infinite ({Rows(first + second)} with probability 0 of the "
                + $"true class), that of {(first > 0 ? pair.Second : pair.First)} is not.";
        return text + " With a floor under probabilities: ";
    }

    private static string Clipped(PairedComparison pair) =>
        pair.ClippedRows > 0 && pair.FirstInfiniteRows + pair.SecondInfiniteRows == 0
            ? $" In {Rows(pair.ClippedRows)} the floor under probabilities was needed."
            : "";

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";

    private readonly record struct Figures(
        string First,
        string Second,
        double Difference,
        double StandardError,
        ConfidenceInterval Interval,
        double PValue,
        double AdjustedPValue)
    {
        public override string ToString()
        {
            // One significant digit of the standard error: what further digits say is noise.
            var decimals = StandardError > 0 ? Math.Clamp((int)-Math.Floor(Math.Log10(StandardError)), 0, 12) : 3;
            var format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
            (var lower, var upper) = Difference <= 0 ? (-Interval.Upper, -Interval.Lower) : (Interval.Lower, Interval.Upper);
            var adjusted = AdjustedPValue > PValue ? $", {P(AdjustedPValue)} after Holm's adjustment" : "";
            return string.Create(CultureInfo.InvariantCulture,
                $"{Number(Math.Abs(Difference))} nats ({100 * Interval.Level:0.###}% CI {Number(lower)} to {Number(upper)}, "
                + $"{P(PValue)}{adjusted})");

            string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        }

        private static string P(double p) => p < 0.0001 ? "p < 0.0001"
            : "p = " + p.ToString(p < 0.001 ? "0.0000" : p < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
    }
}

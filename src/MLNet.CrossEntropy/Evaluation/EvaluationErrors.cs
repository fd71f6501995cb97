using System.Globalization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>The wording of an evaluation's errors.</summary>
internal static class EvaluationErrors
{
    public static ArgumentException MistakesWithoutLabel(string option) => new(
        $"'{option}' is {BadRowPolicy.CountAsMistake}, but nobody can be wrong about a row without a label; use {BadRowPolicy.Skip} or "
        + $"{BadRowPolicy.Throw}.");

    public static ArgumentException MistakesOfManyLabels() => new(
        $"A policy is {BadRowPolicy.CountAsMistake}, but a multi-label row has many answers, not one to be wrong about; use "
        + $"{BadRowPolicy.Skip} or {BadRowPolicy.Throw}.");

    public static ArgumentException NoProbability(string parameter, string className, double value) => new(
        $"The probability of class {Throw.Quoted(className)} is {Throw.Seen(value)}; it must be a finite number of at least 0.",
        parameter);

    public static ArgumentException NoDistribution(string parameter, double sum) => new(
        FormattableString.Invariant($"The class probabilities sum to {sum}; they must sum to 1 (divide each by their sum)."), parameter);

    public static ArgumentException NotOneTarget(int targets) => new(
        $"{targets} targets are given; a threshold is chosen for exactly one: precision, recall or costs. Leave out the others.");

    public static InvalidOperationException NoThresholdForOneClass(string name, double positives, double negatives) => new(
        $"Rows of class {Throw.Quoted(name)} weigh {Throw.Seen(positives)} and all others {Throw.Seen(negatives)}; a threshold is chosen "
        + "on rows of both. Give it rows of both.");

    public static InvalidOperationException PrecisionOutOfReach(string name, double precision, double highest) => new(
        $"No threshold of class {Throw.Quoted(name)} has precision {Throw.Seen(precision)} on these rows; the highest is "
        + FormattableString.Invariant($"{highest:g4}. Ask for no more than that, or choose on more rows."));

    public static ArgumentException OtherClasses(string parameter, string[] classes, string[] ofReference) => new(
        $"These metrics are of the classes {Throw.Listed(classes)}, the reference's of {Throw.Listed(ofReference)}; drift is between rows "
        + "of one model. Evaluate both sets with the same model.", parameter);

    /// <summary>A row that the caller's policy does not tolerate.</summary>
    public static InvalidOperationException BadRow(RowOutcome outcome, long row, ReadOnlySpan<float> scores) => outcome switch
    {
        RowOutcome.MissingLabel => BadRow(row, "has no label", "Give it one"),
        RowOutcome.NonFiniteScore => BadRow(row, $"has a score that is not finite ({Listed(scores)})", "Mend the model or its input"),
        RowOutcome.OutOfRangeScore =>
            BadRow(row, $"has a probability outside 0 to 1 ({Listed(scores)})", "If the scores are logits, say so in the options "
                + "(ScoresAreLogits; of a binary model ScoreColumnName, with ProbabilityColumnName null)"),
        _ => BadRow(row, $"has probabilities that do not sum to 1 ({Listed(scores)})", "Normalise them, raise RowSumTolerance, or, if they "
            + "are logits, set ScoresAreLogits"),
    };

    public static InvalidOperationException UnknownClass(long row, string label, string[] classes) => BadRow(
        row, $"has a label that is none of the model's classes ({Throw.Quoted(label)}; the classes are "
            + $"{Throw.Listed(classes)})", "Train with that "
            + $"class");

    /// <summary>An answer of a multi-label row that the caller's policy does not tolerate.</summary>
    public static InvalidOperationException BadAnswer(RowOutcome outcome, long row, string label, string answer, float score) =>
        outcome switch
        {
            RowOutcome.MissingLabel => BadRow(row, $"has no answer for label {Throw.Quoted(label)}", "Give it one"),
            RowOutcome.UnknownClass =>
                BadRow(row, $"has the answer {answer} for label {Throw.Quoted(label)}", "An answer is 0, 1 or a share between them"),
            _ => BadRow(outcome, row, [score]),
        };

    private static string Listed(ReadOnlySpan<float> scores)
    {
        var shown = new string[Math.Min(scores.Length, 5)];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = scores[i].ToString("g4", CultureInfo.InvariantCulture);
        return string.Join(", ", shown) + (scores.Length > shown.Length ? ", ..." : "");
    }

    private static InvalidOperationException BadRow(long row, string what, string remedy) => new(
        $"Row {row} {what}. {remedy}, or set the policy for such rows to {nameof(BadRowPolicy.Skip)} to leave them out and have them "
        + "counted.");
}

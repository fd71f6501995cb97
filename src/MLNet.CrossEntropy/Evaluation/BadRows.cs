using System.Globalization;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What is wrong with a row of scores, if anything.</summary>
internal delegate RowOutcome ScoreCheck(ReadOnlySpan<float> scores);

/// <summary>Finds rows that cannot be evaluated and treats them as the caller asked.</summary>
internal static class BadRows
{
    /// <summary>What a row's weight and label say about it, before its scores are looked at.</summary>
    private static RowOutcome CheckLabel(ScoredBlock block, int row)
        => block.Weights[row] == 0 ? RowOutcome.ZeroWeight
            : block.Labels[row] == ScoreClasses.Missing ? RowOutcome.MissingLabel
            : block.Labels[row] == ScoreClasses.Unknown ? RowOutcome.UnknownClass
            : RowOutcome.Used;

    /// <summary>Takes the good rows of a block and treats the others as the caller asked.</summary>
    /// <exception cref="InvalidOperationException">The caller does not tolerate one of them.</exception>
    public static void TakeGood(ScoredBlock rows, EvaluationOptions options, ScoreCheck check, EvaluatedBlock block)
    {
        block.StartFrom(rows);
        for (var row = 0; row < rows.Count; row++)
        {
            var outcome = CheckLabel(rows, row);
            if (outcome == RowOutcome.Used)
                outcome = check(rows.Scores(row));
            block.Outcomes.Add(outcome, 1);
            if (outcome == RowOutcome.Used)
                block.Take(rows, row);
            else
                TreatBad(rows, row, outcome, options, block);
        }
    }

    private static void TreatBad(ScoredBlock rows, int row, RowOutcome outcome, EvaluationOptions options, EvaluatedBlock block)
    {
        var policy = PolicyFor(outcome, options);
        if (policy == BadRowPolicy.Throw)
            throw Error(outcome, rows.FirstRow + row, rows.Scores(row));
        block.BadRows.Add((row, outcome, policy == BadRowPolicy.CountAsMistake));
        if (policy == BadRowPolicy.CountAsMistake)
        {
            block.Outcomes.AddMistake();
            block.Mistakes.Add((row, Math.Max(rows.Labels[row], -1), rows.Weights[row]));
        }
    }

    private static BadRowPolicy PolicyFor(RowOutcome outcome, EvaluationOptions options) => outcome switch
    {
        RowOutcome.MissingLabel => options.MissingLabel,
        RowOutcome.UnknownClass => options.UnknownClass,
        RowOutcome.Used or RowOutcome.ZeroWeight => BadRowPolicy.Skip,
        _ => options.InvalidScore,
    };

    private static InvalidOperationException Error(RowOutcome outcome, long row, ReadOnlySpan<float> scores) => outcome switch
    {
        RowOutcome.MissingLabel => EvaluationErrors.BadRow(row, "has no label", "Give it one"),
        RowOutcome.UnknownClass => EvaluationErrors.BadRow(row, "has a label that is none of the model's classes", "Train with that class"),
        RowOutcome.NonFiniteScore => EvaluationErrors.BadRow(row, $"has a score that is not finite ({Listed(scores)})", "Mend the model or its input"),
        RowOutcome.OutOfRangeScore => EvaluationErrors.BadRow(row, $"has a probability outside 0 to 1 ({Listed(scores)})", "If the scores are logits, say so in the options"),
        _ => EvaluationErrors.BadRow(row, $"has probabilities that do not sum to 1 ({Listed(scores)})", "Normalise them, or raise the tolerance"),
    };

    private static string Listed(ReadOnlySpan<float> scores)
    {
        var shown = new string[Math.Min(scores.Length, 5)];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = scores[i].ToString("g4", CultureInfo.InvariantCulture);
        return string.Join(", ", shown) + (scores.Length > shown.Length ? ", ..." : "");
    }
}

using System.Globalization;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy;

/// <summary>Stops at a row that cannot be evaluated where the caller asked for that.</summary>
internal static class BadRows
{
    public static void ThrowIfNotTolerated(EvaluationOptions options, RowOutcome outcome, long row, ReadOnlySpan<float> scores)
    {
        BadRowPolicy policy = outcome switch
        {
            RowOutcome.MissingLabel => options.MissingLabel,
            RowOutcome.UnknownClass => options.UnknownClass,
            RowOutcome.Used or RowOutcome.ZeroWeight => BadRowPolicy.Skip,
            _ => options.InvalidScore,
        };
        if (policy == BadRowPolicy.Throw)
            throw Error(outcome, row, scores);
    }

    private static InvalidOperationException Error(RowOutcome outcome, long row, ReadOnlySpan<float> scores) => outcome switch
    {
        RowOutcome.MissingLabel => Throw.BadRow(row, "has no label", "Give it one"),
        RowOutcome.UnknownClass => Throw.BadRow(row, "has a label that is none of the model's classes", "Train with that class"),
        RowOutcome.NonFiniteScore => Throw.BadRow(row, $"has a score that is not finite ({Listed(scores)})", "Mend the model or its input"),
        RowOutcome.OutOfRangeScore => Throw.BadRow(row, $"has a probability outside 0 to 1 ({Listed(scores)})", "If the scores are logits, say so in the options"),
        _ => Throw.BadRow(row, $"has probabilities that do not sum to 1 ({Listed(scores)})", "Normalise them, or raise the tolerance"),
    };

    private static string Listed(ReadOnlySpan<float> scores)
    {
        string[] shown = new string[Math.Min(scores.Length, 5)];
        for (int i = 0; i < shown.Length; i++)
            shown[i] = scores[i].ToString("g4", CultureInfo.InvariantCulture);
        return string.Join(", ", shown) + (scores.Length > shown.Length ? ", ..." : "");
    }
}

namespace MLNet.CrossEntropy;

/// <summary>How a multi-label model is evaluated: one that answers several yes-or-no questions about each row.</summary>
public sealed class MultiLabelEvaluationOptions : EvaluationOptions
{
    /// <summary>The column of the scores: a vector of Single, one score a label.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>
    /// Whether the scores are probabilities or logits. <see cref="ScoreKind.Auto"/> takes them for logits where there is a column
    /// Probability beside them, or where one in the first block of rows lies outside 0 to 1.
    /// </summary>
    public ScoreKind ScoreKind { get; set; }

    /// <summary>The labels' names; null takes them from the slot names of the scores or the labels, else the slot numbers.</summary>
    public IReadOnlyList<string>? LabelNames { get; set; }
}

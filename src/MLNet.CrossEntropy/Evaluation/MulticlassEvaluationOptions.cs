namespace MLNet.CrossEntropy;

/// <summary>How a multiclass model is evaluated.</summary>
public sealed class MulticlassEvaluationOptions : EvaluationOptions
{
    /// <summary>The column of the scores: a vector of Single, one score a class.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>Whether the scores are probabilities or logits.</summary>
    public ScoreKind ScoreKind { get; set; }

    /// <summary>How far from 1 a row of probabilities may sum before its scores count as invalid.</summary>
    public double RowSumTolerance { get; set; } = 1e-3;

    /// <summary>
    /// The class names in the order of the scores, as the labels write them; null takes them from the annotations:
    /// the score's TrainingLabelValues or SlotNames, else the label's key values, else the slot numbers.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; set; }

    /// <summary>
    /// With vector labels that are counts, multiply each row's weight by the sum of its counts, so that every count weighs
    /// the same; otherwise every row does.
    /// </summary>
    public bool WeightBySoftLabelSum { get; set; }

    internal MulticlassEvaluationOptions WithScoreColumn(string name)
    {
        var copy = (MulticlassEvaluationOptions)MemberwiseClone();
        copy.ScoreColumnName = name;
        return copy;
    }
}

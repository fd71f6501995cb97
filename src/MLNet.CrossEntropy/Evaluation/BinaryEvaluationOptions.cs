namespace MLNet.CrossEntropy;

/// <summary>How a binary model is evaluated.</summary>
public sealed class BinaryEvaluationOptions : EvaluationOptions
{
    /// <summary>
    /// The column of raw scores, or null. It serves as a logit where it agrees with the probability, or where there
    /// is no probability column.
    /// </summary>
    public string? ScoreColumnName { get; set; } = "Score";

    /// <summary>The column of the probability of the positive class, or null where the score is itself a logit.</summary>
    public string? ProbabilityColumnName { get; set; } = "Probability";

    internal BinaryEvaluationOptions WithProbabilityColumn(string name)
    {
        var copy = (BinaryEvaluationOptions)MemberwiseClone();
        (copy.ScoreColumnName, copy.ProbabilityColumnName) = (null, name);
        return copy;
    }
}

namespace MLNet.CrossEntropy;

/// <summary>What a comparison of two models allows to say.</summary>
public enum ComparisonVerdict
{
    /// <summary>There are too few rows, groups or folds to tell chance from difference.</summary>
    TooFew,

    /// <summary>Both models have the same loss everywhere.</summary>
    Equal,

    /// <summary>The difference may be chance: the p-value is not below 1 less the confidence level.</summary>
    Undecided,

    /// <summary>The first model's log-loss is lower, and chance is an unlikely reason.</summary>
    FirstBetter,

    /// <summary>The second model's log-loss is lower, and chance is an unlikely reason.</summary>
    SecondBetter,
}

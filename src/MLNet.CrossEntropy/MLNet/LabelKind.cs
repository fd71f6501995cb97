namespace MLNet.CrossEntropy;

/// <summary>What a label column holds.</summary>
public enum LabelKind
{
    /// <summary>A key is a class; a vector holds probabilities, which must sum to 1.</summary>
    Auto,

    /// <summary>A vector of probabilities, one for each class, which must sum to 1.</summary>
    Probabilities,

    /// <summary>A vector of counts c, such as those of annotators who chose each class; they become <c>p = c / sum c</c>.</summary>
    Counts,
}

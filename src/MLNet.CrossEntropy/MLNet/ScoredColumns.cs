namespace MLNet.CrossEntropy.MLNet;

/// <summary>The columns of scored data by name, null where there is none, and what the caller says of the classes.</summary>
internal sealed record ScoredColumns(string Label)
{
    public string? Score { get; init; }

    /// <summary>The probability of the positive class; of binary models alone.</summary>
    public string? Probability { get; init; }

    public string? Weight { get; init; }

    /// <summary>Names the rows.</summary>
    public string? Id { get; init; }

    /// <summary>The names of classes or labels in the order of the scores; null takes them from the annotations.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether a row of counts weighs as much as they sum to.</summary>
    public bool WeightBySoftLabelSum { get; init; }
}

/// <summary>Rows of labels, weights and scores, read block after block in one pass.</summary>
internal interface IScoredRows : IDisposable
{
    /// <summary>The names of classes or labels in the order of the scores.</summary>
    string[] ClassNames { get; }

    /// <summary>False where the names are no more than the slot numbers.</summary>
    bool ClassesAreNamed { get; }

    /// <summary>A block for these rows.</summary>
    ScoredBlock NewBlock();

    /// <summary>Fills the block with the next rows; false when none was left.</summary>
    bool Read(ScoredBlock block);
}

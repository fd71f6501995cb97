namespace MLNet.CrossEntropy;

/// <summary>How models are compared on the same rows.</summary>
public sealed class ComparisonOptions
{
    /// <summary>The model that all others are compared with; null is the first.</summary>
    public string? Baseline { get; set; }

    /// <summary>Compare every model with every other instead of with the baseline only.</summary>
    public bool AllPairs { get; set; }

    /// <summary>
    /// A column (key, text, number or Boolean) that says which rows belong together: pictures of one animal, visits of one
    /// patient. Rows of a group need not be independent; standard errors and bootstrap then rest on the number of groups.
    /// Memory grows with that number. A row without a group is one of its own. Null takes all rows for independent.
    /// </summary>
    public string? GroupColumnName { get; set; }

    /// <summary>A column (key, text, number or Boolean) that names the rows in the lists of those that matter most; null numbers them.</summary>
    public string? IdColumnName { get; set; }

    /// <summary>How many rows to list that speak most for either model of a pair, 0 to 10,000.</summary>
    public int ListedRows { get; set; } = 10;

    /// <summary>The number of bootstrap resamples, 0 (no bootstrap) to 100,000.</summary>
    public int BootstrapResamples { get; set; } = 1000;

    /// <summary>Seeds the bootstrap; null draws one from the MLContext, whose own seed thus decides it.</summary>
    public int? Seed { get; set; }

    /// <summary>The threads of the bootstrap; null is one for each processor. The outcome is the same bits for any number.</summary>
    public int? NumberOfThreads { get; set; }
}

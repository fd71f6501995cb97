using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// How models are cross-validated, and compared with each other: <see cref="ComparisonOptions.GroupColumnName"/> keeps rows together
/// that belong together, <see cref="ComparisonOptions.Seed"/> deals the rows to folds, <see cref="ComparisonOptions.NumberOfThreads"/>
/// says how many folds are fitted at the same time. There is no bootstrap unless it is asked for.
/// </summary>
public sealed class CrossValidationOptions : ComparisonOptions
{
    /// <summary>The defaults.</summary>
    public CrossValidationOptions() => BootstrapResamples = 0;

    /// <summary>The number of folds, at least 2.</summary>
    public int NumberOfFolds { get; set; } = 5;

    /// <summary>
    /// How often all rows are dealt anew and forecast again, at least 1. It takes away chance that lies in the dealing, not that of the
    /// rows.
    /// </summary>
    public int Repeats { get; set; } = 1;

    /// <summary>
    /// Whether every fold holds the same share of each class (of soft labels, of the class of the largest share), as far as groups allow.
    /// </summary>
    public bool Stratify { get; set; } = true;

    /// <summary>
    /// What to stratify by: a column of the data as given, before any estimator. Null takes the label column where the data have it
    /// already.
    /// </summary>
    public string? StratifyColumnName { get; set; }

    /// <summary>Whether to keep the models of all folds.</summary>
    public bool KeepModels { get; set; }

    /// <summary>Told the share of the fits that are done, after each.</summary>
    public IProgress<double>? Progress { get; set; }

    /// <summary>
    /// Ends the cross-validation, with the MLContexts that estimators are made in: a fit ends as soon as its trainer looks, or reads a row.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Refuses options that make no sense.</summary>
    internal void CheckFolds()
    {
        _ = Guard.Range(NumberOfFolds, NumberOfFolds >= 2, nameof(NumberOfFolds), "at least 2", "5 or 10 are usual");
        _ = Guard.Range(Repeats, Repeats >= 1, nameof(Repeats), "at least 1", "1 forecasts each row once");
    }
}

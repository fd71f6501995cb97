namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    /// <summary>Refuses a number of folds that shows no variance.</summary>
    public static void IfTooFewFolds(int folds)
    {
        if (folds < 2)
            throw new ArgumentException($"There are {folds} folds; at least 2 are needed to see how much folds differ. Cross-validate with more.");
    }

    /// <summary>Refuses log-losses that are not finite.</summary>
    public static void IfNotFinite(IReadOnlyList<double> logLosses, string name)
    {
        for (var i = 0; i < logLosses.Count; i++)
        {
            if (!double.IsFinite(logLosses[i]))
                throw new ArgumentException($"'{name}[{i}]' is {logLosses[i]}; a mean over folds needs finite log-losses. Give the clipped ones.", name);
        }
    }

    /// <summary>Refuses options of a comparison that make no sense for models of these names.</summary>
    public static void IfInvalid(ComparisonOptions options, IReadOnlyCollection<string> models)
    {
        if (models.Count < 2)
            throw new ArgumentException($"There are {models.Count} models to compare; at least 2 are needed.");
        if (models.Any(string.IsNullOrEmpty))
            throw new ArgumentException("A model has an empty name; give each a name of its own for the report.");
        if (options.Baseline is { } baseline && !models.Contains(baseline))
            throw new ArgumentException($"The baseline '{baseline}' is none of the models ({Listed([.. models])}); name one of them, or null for the first.");
        _ = Guard.Range(options.BootstrapResamples, options.BootstrapResamples is >= 0 and <= 100_000, nameof(options.BootstrapResamples), "0 to 100000", "1000 is usual, 0 leaves the bootstrap out");
        _ = Guard.Range(options.ListedRows, options.ListedRows is >= 0 and <= 10_000, nameof(options.ListedRows), "0 to 10000", "0 lists none");
        var threads = options.NumberOfThreads ?? 1;
        _ = Guard.Range(threads, threads >= 1, nameof(options.NumberOfThreads), "null or at least 1", "null takes one a processor");
    }

    public static ArgumentException UnnamedClassesDiffer(string first, int firstClasses, string other, int otherClasses) => new(
        $"'{first}' has {firstClasses} classes and '{other}' has {otherClasses}, and not both name them, so they cannot be matched. Give the class names in score order in the options, or keep the key values of the labels.");

    public static ArgumentException NoCommonClass(string first, string[] firstClasses, string other, string[] otherClasses) => new(
        $"'{first}' and '{other}' have no class in common: {Listed(firstClasses)} and {Listed(otherClasses)}. Only models of the same classes can be compared.");

    public static InvalidOperationException DifferentRows(long row, string first, string firstValue, string other, string otherValue) => new(
        $"Row {row} of '{first}' has {firstValue}, that of '{other}' {otherValue}. Models are compared on the same rows in the same order: score the same data with both, unshuffled.");

    public static InvalidOperationException DifferentRowCount(string shorter, long rows, string longer) => new(
        $"The data of '{shorter}' end after {rows} rows, those of '{longer}' go on. Models are compared on the same rows: score the same data with both.");

    public static InvalidOperationException BadRowOfModel(string model, InvalidOperationException error) => new($"Model '{model}': {error.Message}", error);
}

using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The wording of a comparison's errors.</summary>
internal static class ComparisonErrors
{
    public static ArgumentException TooFewModels(int models) => new($"There are {models} models to compare; at least 2 are needed.");

    public static ArgumentException EmptyName() => new("A model has an empty name; give each a name of its own for the report.");

    public static ArgumentException UnknownBaseline(string baseline, string[] models) => new(
        $"The baseline '{baseline}' is none of the models ({Throw.Listed(models)}); name one of them, or null for the first.");

    public static ArgumentException TooFewFolds(int folds) => new(
        $"There are {folds} folds; at least 2 are needed to see how much folds differ. Cross-validate with more.");

    public static ArgumentException NotFinite(string name, int fold, double logLoss) => new(
        FormattableString.Invariant($"'{name}[{fold}]' is {logLoss}; a mean over folds needs finite log-losses. Give the clipped ones."),
        name);

    public static ArgumentException UnnamedClassesDiffer(string first, int firstClasses, string other, int otherClasses) => new(
        $"'{first}' has {firstClasses} classes and '{other}' has {otherClasses}, and not both name them, so they cannot be matched. "
        + "Give the class names in score order in the options (ClassNames), or keep the key values of the labels.");

    public static ArgumentException NoCommonClass(string first, string[] firstClasses, string other, string[] otherClasses) => new(
        $"'{first}' and '{other}' have no class in common: {Throw.Listed(firstClasses)} and {Throw.Listed(otherClasses)}. Only models "
        + "of the same classes can be compared.");

    public static InvalidOperationException DifferentRows(
        long row, string first, string firstValue, string other, string otherValue) => new(
        $"Row {row} of '{first}' has {firstValue}, that of '{other}' {otherValue}. Models are compared on the same rows in the same "
        + "order: score the same data with both, unshuffled.");

    public static InvalidOperationException DifferentRowCount(string shorter, long rows, string longer) => new(
        $"The data of '{shorter}' end after {rows} rows, those of '{longer}' go on. Models are compared on the same rows: score the "
        + "same data with both.");

    public static InvalidOperationException BadRow(string model, InvalidOperationException error) =>
        new($"Model '{model}': {error.Message}", error);
}

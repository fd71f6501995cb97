using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The wording of a comparison's errors.</summary>
internal static class ComparisonErrors
{
    public static ArgumentException TooFewModels(int models, int fewest) =>
        new($"There are {models} models; at least {fewest} {(fewest == 1 ? "is" : "are")} needed.");

    public static ArgumentException EmptyName() => new("A model has an empty name; give each a name of its own for the report.");

    public static ArgumentException UnknownBaseline(string baseline, string[] models) => new(
        $"The baseline {Throw.Quoted(baseline)} is none of the models ({Throw.Listed(models)}); name one of them, or null for the first.");

    public static ArgumentException TooFewFolds(int folds) => new(
        $"There are {folds} folds; at least 2 are needed to see how much folds differ. Cross-validate with more.");

    public static ArgumentException NotFinite(string model, int fold, double logLoss) => new(
        $"The log-loss of {Throw.Quoted(model)} on fold {fold} is {Throw.Seen(logLoss)}; a mean over folds needs finite log-losses. Give "
        + "the clipped ones.");

    public static ArgumentException FoldCountsDiffer(string first, int folds, string other, int otherFolds) => new(
        $"{Throw.Quoted(first)} has {folds} folds and {Throw.Quoted(other)} has {otherFolds}; give both the same folds in the same order.");

    public static ArgumentException UnnamedClassesDiffer(string first, int firstClasses, string other, int otherClasses) => new(
        $"{Throw.Quoted(first)} has {firstClasses} classes and {Throw.Quoted(other)} has {otherClasses}, and not both name them, so they "
            + "cannot be matched. Give the class names in score order in the options (ClassNames), or keep the key values of the labels.");

    public static ArgumentException NoCommonClass(string first, string[] firstClasses, string other, string[] otherClasses) => new(
        $"{Throw.Quoted(first)} and {Throw.Quoted(other)} have no class in common: {Throw.Listed(firstClasses)} and "
            + $"{Throw.Listed(otherClasses)}. Only models of the same classes can be compared.");

    public static InvalidOperationException DifferentRows(
        long row, string first, string firstValue, string other, string otherValue) => new(
        $"Row {row} of {Throw.Quoted(first)} has {firstValue}, that of {Throw.Quoted(other)} {otherValue}. Models are compared on the "
            + "same rows in the same order: score the same data with both, unshuffled.");

    public static InvalidOperationException DifferentRowCount(string shorter, long rows, string longer) => new(
        $"The data of {Throw.Quoted(shorter)} end after {rows} rows, those of {Throw.Quoted(longer)} go on. Models are compared on the "
            + "same rows: score the same data with both.");

    public static InvalidOperationException BadRow(string model, InvalidOperationException error) =>
        new($"Model {Throw.Quoted(model)}: {error.Message}", error);

    public static ArgumentException TooFewUnits(int units, bool areGroups, int folds) => new(
        $"There are {units} {(areGroups ? "groups of rows" : "rows")} for {folds} folds; each fold needs one. Take fewer folds.");

    public static InvalidOperationException RowsAddedOrLost(int expected, string seen) => new(
        $"A fold of {expected} rows came out of its model as {seen}: an estimator adds or drops rows. Filter the data before the "
        + "cross-validation.");

    public static InvalidOperationException ClassesOfFoldsDiffer(List<string> first, IEnumerable<FoldForecasts> parts) => new(
        $"The models of the folds know other classes: {Throw.Listed([.. first])}; "
        + string.Join("; ", parts.Select(p => p.Names is null ? $"{p.Width} without names" : Throw.Listed(p.Names)).Distinct().Take(3))
        + ". Map the label to a key (MapValueToKey) before the cross-validation, so that all folds know the same classes.");

    public static InvalidOperationException FoldFailed(string model, string fold, string[] classesHeldOut, Exception error) => new(
        // Of what ML.NET's reading threads meet, the cause tells more than their own words.
        $"{Throw.Quoted(model)}, {fold}: {error.GetBaseException().Message}"
        + (classesHeldOut.Length == 0 ? "" : $" The fold holds out all rows of {Throw.Listed(classesHeldOut)}, so that its training rows "
            + "have none: map the label to a key before the cross-validation, take fewer folds, or leave such rows out."),
        error);

    public static InvalidOperationException NoEstimator(string model) => new(
        $"The function that makes the estimator of {Throw.Quoted(model)} answered null; return a new estimator each time.");
}

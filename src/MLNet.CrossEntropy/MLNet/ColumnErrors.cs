using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// What is wrong with a column, a row or a model, and what to do about it: in the same words for training and evaluation.
/// </summary>
internal static class ColumnErrors
{
    private const string ReadSeveralTimes =
        "The data are read several times: give data that are the same each time, or keep them in memory (Cache).";

    /// <summary>Names the columns there are, and the one that was perhaps meant.</summary>
    public static ArgumentException NoColumn(string name, string role, IEnumerable<string> present)
    {
        string[] names = [.. present];
        var nearest = names.MinBy(other => Distance(name, other));
        var isNear = nearest is not null && Distance(name, nearest) <= Math.Max(1, name.Length / 3);
        var meant = isNear ? $"; {Throw.Quoted(nearest)} is the nearest" : "";
        var all = string.Join(", ", names.Select(PlainText.Escape));
        return new($"There is no {role} column {Throw.Quoted(name)}. The data has: {all}{meant}.");
    }

    // Worded as ML.NET words it.
    public static ArgumentOutOfRangeException Mismatch(
        string parameter, string role, DataViewSchema.Column column, string expected, string remedy)
        => Mismatch(
            parameter, role, column.Name, expected, column.Type is VectorDataViewType { IsKnownSize: false } vector
            ? $"VarVector<{vector.ItemType}>" : column.Type.ToString()!, remedy);

    public static ArgumentOutOfRangeException Mismatch(
        string parameter, string role, string column, string expected, string actual, string remedy) => new(
        parameter, $"Schema mismatch for {role} column {Throw.Quoted(column)}: expected {expected}, got {actual}. {remedy}");

    public static ArgumentException WrongType(string name, string role, object type, string needed) => new(
        $"The {role} column {Throw.Quoted(name)} is of type {type}; {needed} is needed.");

    public static ArgumentException FeaturesAreLabel(string column) => new(
        $"Column {Throw.Quoted(column)} is named as the features and as the label: a model that sees its answer learns nothing. Name "
            + "another column.");

    public static ArgumentException DuplicateClass(string name, int first, int second) => new(
        $"Two classes are called {Throw.Quoted(name)} (slots {first} and {second} of the scores); class names must differ. Give the class "
            + "names in score order in the options.");

    public static ArgumentException TooManyClasses(int count, int most) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The type of the column promises {count:N0} classes; at most {most:N0} can be told apart. Map the label to a key of the classes "
            + $"that there are (MapValueToKey)."));

    public static ArgumentException WrongClassCount(int given, int scores, string scoreColumn) => new(
        $"{given} class names were given, but a row of the score column {Throw.Quoted(scoreColumn)} has {scores} scores; give one name a "
            + "score, in slot order.");

    public static ArgumentException TextLabelWithoutNames(string labelColumn) => new(
        $"The label column {Throw.Quoted(labelColumn)} is text, but the scores carry no class names to match it with. Map the label to a "
            + "key as in training (MapValueToKey), or give the class names in score order in the options.");

    public static ArgumentException NumberForNamedClasses(string labelColumn, object type, string[] names) => new(
        $"The label column {Throw.Quoted(labelColumn)} holds numbers ({type}), but the scores' classes are called {Throw.Listed(names)}: "
            + $"a number cannot be matched with them. Map the label to a key as in training (MapValueToKey), or give the class names, as "
            + "the labels write them, in score order in the options.");

    public static ArgumentException NoLabelIsAClass(string labelColumn, string[] values, string[] names) => new(
        $"No key value of the label column {Throw.Quoted(labelColumn)} ({Throw.Listed(values)}) is one of the classes "
            + $"({Throw.Listed(names)}). Map the labels to the names the model was trained with, or give the class names in score order "
            + "in the options.");

    public static ArgumentException SlotIsNoClass(string labelColumn, string[] slots, string[] names) => new(
        $"The slots of the label column {Throw.Quoted(labelColumn)} are called {Throw.Listed(slots)}, which are not the classes "
            + $"({Throw.Listed(names)}). Name them alike, or remove the slot names on both sides to match by position.");

    public static ArgumentException Unnamed(string what, string labelColumn, string[] names) => new(
        $"The {what} of the label column {Throw.Quoted(labelColumn)} have no names, and the classes are called {Throw.Listed(names)}: "
            + "there is no telling which is which. "
        + (what == "slots" ? "Name the slots, by concatenating columns of those names (Concatenate)" : "Map the labels to a key with "
            + "MapValueToKey")
        + $", or, in an evaluation, give those names in the order of the {what} in the options (ClassNames; LabelNames of a multi-label "
        + "model).");

    /// <summary>Names that there are, but that do not tell which is which.</summary>
    public static ArgumentException NamesNotApart(string what, string labelColumn, string[] names, int count) => new(
        $"The {what} of the label column {Throw.Quoted(labelColumn)} do not tell them apart: "
        + (names.Length != count ? $"there are {names.Length} names for {count} of them"
            : Array.IndexOf(names, "") is >= 0 and var empty ? $"number {empty} (counted from 0) has an empty name"
            : names.Select((name, i) => (name, i)).GroupBy(n => n.name, n => n.i).First(g => g.Count() > 1) is var same
                ? $"numbers {string.Join(", ", same.Take(5))} (counted from 0) are all called {Throw.Quoted(same.Key)}" : "")
        + ". Give each a name of its own, or none to any.");

    public static ArgumentException UnnamedClasses(string what, string labelColumn, string[] names) => new(
        $"The {what} of the label column {Throw.Quoted(labelColumn)} are called {Throw.Listed(names)}, and the classes have no names: "
            + $"there is no telling which is which. In an evaluation give the class names in score order in the options (ClassNames; "
            + "LabelNames of a multi-label model); in training name both labels, or neither.");

    public static ArgumentException OtherOrder(string labelColumn, string[] given, string[] names) => new(
        $"The class names in the options, {Throw.Listed(given)}, are in another order than those of the scores, {Throw.Listed(names)}. "
            + $"That would be the order of the slots of a label without names, and {Throw.Quoted(labelColumn)} is none. Leave them out: "
            + "labels and classes are matched by their names.");

    public static ArgumentException NoLabels(string labelColumn) => new(
        $"No row has a label of positive weight in column {Throw.Quoted(labelColumn)}, so there are no class shares to take; name the "
            + "column of the labels.");

    public static ArgumentException NoProbabilityColumn(string name, string scoreColumn) => new(
        $"There is no probability column {Throw.Quoted(name)}. If {Throw.Quoted(scoreColumn)} is a logit, set ProbabilityColumnName to "
            + "null (probabilityColumnName: null); if it is no logit, calibrate the model (Calibrators.Platt), which adds probabilities.");

    public static ArgumentException NoScoreColumn() => new(
        "Neither a score nor a probability column was named; the log-loss of a binary model needs at least one of the two.");

    public static InvalidOperationException BadWeight(string column, long row, double value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The example weight of row {row} (counted from 0) in column {Throw.Quoted(column)} is {value}; weights must be finite and at "
            + $"least 0. Give a row that should not count the weight 0, or filter it out."));

    /// <summary>Between these two, and at 0, weights can be squared and summed.</summary>
    public const double LeastWeight = 1e-140, MostWeight = 1e140;

    public static InvalidOperationException WeightBeyondSquares(long row, double value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The example weight of row {row} (counted from 0) is {value}; an evaluation takes 0 and weights from {LeastWeight} to "
            + $"{MostWeight}. Divide them all by the same number: only their ratios matter."));

    public static InvalidOperationException TooLargeWeight(string columns, long row, double value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Row {row} (counted from 0) weighs {value:g6} by {columns}; training takes weights up to {float.MaxValue:g3}. Divide them all by "
            + $"the same number: only their ratios matter."));

    public static InvalidOperationException NoBinaryLabel(string column, long row, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column {Throw.Quoted(column)} is {value} in row {row} (counted from 0): a binary label of type Single must be 0, 1, or "
            + $"NaN for a missing one."));

    public static InvalidOperationException NoAnswer(string column, long row, string slot, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column {Throw.Quoted(column)} is {value} in slot {slot} of row {row} (counted from 0): an answer must be 0, 1, a share "
            + $"between them, or NaN for a missing one."));

    public static InvalidOperationException NotProbabilities(string column, long row, double sum, string slot, float largest)
        => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column {Throw.Quoted(column)} sums to {sum} in row {row} (counted from 0), its largest value being {largest} in slot "
            + $"{slot}: probabilities must sum to 1. Divide them by their sum, or set LabelKind to Counts."));

    public static InvalidOperationException BadIndex(string column, long row, int index, int length) => new(
        $"The vector of row {row} (counted from 0) in column {Throw.Quoted(column)} has the index {index}: the indices of a vector of "
            + $"{length} slots must rise and be below {length}. Mend the data view that makes it.");

    public static InvalidOperationException ShortVector(string column, long row, int length) => new(
        $"The vector of row {row} (counted from 0) in column {Throw.Quoted(column)} promises more values, of "
            + $"{length} slots, than its arrays hold. Mend the data view that makes it.");

    public static InvalidOperationException WrongLength(string column, long row, int length, int expected) => new(
        $"The vector of row {row} (counted from 0) in column {Throw.Quoted(column)} has {length} slots, and "
        + (expected > 0 ? $"its type promises {expected}. Every row must have the same length."
            : $"at most {ColumnValues.MostSlots} can be told apart. Take fewer slots, for example with a hash of fewer bits."));

    public static InvalidOperationException RowsVanished(long rows, long expected) => new(
        $"The data ended after {rows} rows, and row {expected} (counted from 0) was there in an earlier pass. {ReadSeveralTimes}");

    public static InvalidOperationException RowsAdded(long rows) => new(
        $"The data have more rows than the {rows} of an earlier pass. {ReadSeveralTimes}");

    public static InvalidOperationException OtherRow(long row) => new(
        $"Row {row} (counted from 0) is another than in an earlier pass, by its id, label, group or name, as with rows that are shuffled "
        + $"anew. {ReadSeveralTimes}");

    public static InvalidOperationException OtherRows(long rows, long expected) => new(
        $"This pass over the training data gives {(rows < expected ? "only" : "at least")} {rows} usable rows, and the first gave "
        + $"{expected}. Without Cache the data is read several times: give data that are the same each time, or set Cache.");

    public static InvalidOperationException OtherLabels() => new(
        "This pass over the training data gives rows with other labels, weights or first features than the first pass. Without Cache the "
        + "data is read several times: give data that are the same each time, or set Cache.");

    public static InvalidOperationException NoUsableRows(string what, TrainingRowCounts counts, string? first) => new(
        counts.Seen == 0
            ? $"The {what} data has no rows."
            : $"None of the {counts.Seen} rows of the {what} data can be used: {counts.DescribeUnused()}."
                + (first is null ? "" : $" The first: {first} (counted from 0)."));

    public static OperationCanceledException CancelledWhileReading(CancellationToken cancellation) => new(
        "The fit was cancelled while its rows were read: there is no model to return.", cancellation);

    public static ArgumentException NotOneLinearModel(string parameter, IEnumerable<string> found, IEnumerable<string> all)
    {
        var models = string.Join(", ", found);
        const string wanted = "Give a transformer, or a chain, with exactly one linear classifier: a linear multiclass model (such as "
            + "those of SoftmaxCrossEntropy, LbfgsMaximumEntropy and the Sdca trainers) or a linear binary one, calibrated or not";
        return new(models.Length > 0
            ? $"There is more than one linear classifier in '{parameter}': {models}. {wanted}."
            : $"There is no linear classifier in '{parameter}', but these: {string.Join(", ", all)}. {wanted}.", parameter);
    }

    public static ArgumentException NotALinearModel(string parameter, Type type) => new(
        $"'{parameter}' is a {type}; it must be the parameters of a linear classifier: linear multiclass model parameters, or linear "
            + $"binary ones, calibrated by Platt's sigmoid or not.", parameter);

    public static ArgumentException WrongFeatureCountOfModel(string parameter, string column, object type, int features) => new(
        $"Feature column {Throw.Quoted(column)} is of type {type}; the model has {features} features and needs a vector "
            + "of as many Singles.", parameter);

    public static ArgumentException WrongNameCount(string parameter, int count, int expected, string what) => new(
        $"'{parameter}' has {count} names for {expected} {what}; give one for each, or null.", parameter);

    public static NotSupportedException UnsupportedMLNet(string supported, string? version, Exception missing) => new(
        $"Microsoft.ML {version} is not supported: use a version in {supported}. {missing.Message}", missing);

    /// <summary>
    /// How many letters must be typed, deleted or replaced to make one name the other, whatever their case (Levenshtein 1966).
    /// </summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}

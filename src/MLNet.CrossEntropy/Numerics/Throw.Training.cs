using System.Globalization;

namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    // The first two are worded as ML.NET words them, so that a column is refused alike by Fit and by a pipeline's schema check.
    public static ArgumentOutOfRangeException ColumnNotFound(string parameter, string role, string column) => new(
        parameter, $"Could not find {role} column '{column}'");

    public static ArgumentOutOfRangeException ColumnMismatch(string parameter, string role, string column, string expected, string actual, string remedy) => new(
        parameter, $"Schema mismatch for {role} column '{column}': expected {expected}, got {actual}. {remedy}");

    public static InvalidOperationException NoBinaryLabel(string column, long row, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column '{column}' is {value} in row {row} (counted from 0): a binary label of type Single must be 0, 1, or NaN for a missing one."));

    public static InvalidOperationException NoAnswer(string column, long row, string slot, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column '{column}' is {value} in slot {slot} of row {row} (counted from 0): an answer must be 0, 1, a share between them, or NaN for a missing one."));

    public static InvalidOperationException NotProbabilities(string column, long row, double sum, string slot, float largest) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Label column '{column}' sums to {sum} in row {row} (counted from 0), its largest value being {largest} in slot {slot}: probabilities must sum to 1. Divide them by their sum, or set LabelKind to Counts."));

    public static InvalidOperationException BadTrainingWeight(string column, long row, float value) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Weight column '{column}' is {value} in row {row} (counted from 0): example weights must be finite and at least 0. Give a row that should not count the weight 0, or filter it out."));

    public static InvalidOperationException WrongFeatureCount(string column, long row, int count, int expected) => new(
        $"Feature column '{column}' has {count} features in row {row} (counted from 0), and its type promises {expected}. Every row must have the same length.");

    public static InvalidOperationException WrongSlotCount(string column, long row, int count, int expected) => new(
        $"Label column '{column}' has {count} slots in row {row} (counted from 0), and its type promises {expected}. Every row must have the same length.");

    public static InvalidOperationException NoUsableRows(string what, TrainingRowCounts counts, string? first) => new(
        counts.Seen == 0
            ? $"The {what} data has no rows."
            : $"None of the {counts.Seen} rows of the {what} data can be used: {counts.DescribeUnused()}."
                + (first is null ? "" : $" The first: {first} (counted from 0)."));

    public static OperationCanceledException CancelledWhileReading(CancellationToken cancellation) => new(
        "The fit was cancelled while its rows were read: there is no model to return.", cancellation);

    public static NotSupportedException UnsupportedMLNet(string supported, string? found, Exception missing) => new(
        $"Microsoft.ML {found} is not supported: use a version in {supported}. {missing.Message}", missing);
}

using System.Diagnostics.CodeAnalysis;

namespace MLNet.CrossEntropy.Numerics;

internal static partial class Throw
{
    /// <summary>A number that no probability can be.</summary>
    [DoesNotReturn]
    public static void NotInADistribution(double value, int index, double sum, string name) =>
        throw new ArgumentException(
            $"'{name}[{index}]' is {value:R} (the sum is {sum:R}), but a probability must be at least 0 and a number.", name);

    /// <summary>Probabilities that do not sum to 1.</summary>
    [DoesNotReturn]
    public static void NotADistribution(double sum, int length, double tolerance, string name) =>
        throw new ArgumentException(
            $"'{name}' sums to {sum:R} over its {length} elements, but a distribution must sum to 1 within {tolerance:R}; "
            + "divide it by its sum, or raise the tolerance. For logits take their softmax first.", name);

    /// <summary>A table whose length is no whole number of rows.</summary>
    [DoesNotReturn]
    public static void ColumnsDoNotFit(int length, int columns) =>
        throw new ArgumentOutOfRangeException(
            nameof(columns), columns, $"The number of columns must be at least 1 and divide the number of cells, {length}.");
}

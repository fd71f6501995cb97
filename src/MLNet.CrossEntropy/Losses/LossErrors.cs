using System.Diagnostics.CodeAnalysis;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>What a loss refuses, and why.</summary>
internal static class LossErrors
{
    /// <summary>Refuses a gradient that does not fit its logits or would overwrite them while they are being read.</summary>
    public static void IfNotARowAndItsGradient<T>(ReadOnlySpan<T> logits, Span<T> gradient)
    {
        Throw.IfLengthsDiffer(logits.Length, gradient.Length, nameof(logits), nameof(gradient));
        if (logits.Overlaps(gradient))
        {
            throw new ArgumentException(
                "'gradient' overlaps 'logits', which are read after the gradient is begun; give it memory of its own.", nameof(gradient));
        }
    }

    /// <summary>A class index beyond the classes there are.</summary>
    [DoesNotReturn]
    public static void LabelOutOfRange(int label, int classes) =>
        throw new ArgumentOutOfRangeException(
            nameof(label),
            Throw.Seen(label),
            $"The class index must be below the number of classes, {classes}, or negative for a row without a label.");

    /// <summary>A soft label that is no distribution.</summary>
    [DoesNotReturn]
    public static void SoftLabelDoesNotSumToOne(double sum, string name) =>
        throw new ArgumentException($"A soft label must sum to 1, but this one sums to {Throw.Seen(sum)}; divide it by its sum.", name);

    /// <summary>A cell of a multi-label row that is no probability.</summary>
    [DoesNotReturn]
    public static void CellOutOfRange(double target, int cell) =>
        throw new ArgumentOutOfRangeException(
            nameof(target), Throw.Seen(target), $"Cell {cell} of the target must be in [0, 1], or NaN for a cell without a label.");

    /// <summary>Class weights where there is no class.</summary>
    [DoesNotReturn]
    public static void ClassWeightsOfOutputs(int outputs) => throw new ArgumentException(
        $"There are {outputs} independent outputs and weights of the classes 0 and 1, which go with one output; "
        + "give positive weights instead.", nameof(outputs));

    /// <summary>A positive number where a log-probability should be.</summary>
    [DoesNotReturn]
    public static void NotALogProbability(double value, int index, string name) =>
        throw new ArgumentException(
            $"'{name}[{index}]' of a row is {Throw.Seen(value)}, but a log-probability is at most 0; "
            + "take logits to SoftmaxCrossEntropy, and the logarithm of probabilities first.", name);

    /// <summary>Logits that are not a whole number of classes for each label.</summary>
    [DoesNotReturn]
    public static void LogitsDoNotFitLabels(int logits, int labels) =>
        throw new ArgumentException(
            $"There are {logits} logits for {labels} labels; there must be the same number of logits, at least 1, for each label.",
            nameof(labels));

    /// <summary>Logits that are not a whole number of rows.</summary>
    [DoesNotReturn]
    public static void LogitsDoNotFitClasses(int logits, int classes) =>
        throw new ArgumentOutOfRangeException(
            nameof(classes), Throw.Seen(classes), $"The number of classes must be at least 1 and divide the number of logits, {logits}.");

    /// <summary>A number where a probability should be.</summary>
    [DoesNotReturn]
    public static void NotAProbability(double value, int index, string name) =>
        throw new ArgumentOutOfRangeException(
            name, Throw.Seen(value), $"'{name}[{index}]' must be in [0, 1]; for logits there is SigmoidCrossEntropy.");

    /// <summary>Refuses a floor for logarithms that is not below 0.</summary>
    public static void IfNotALogFloor(double value, string name)
    {
        if (!(value < 0))
        {
            throw new ArgumentOutOfRangeException(
                name, Throw.Seen(value), $"'{name}' is the least that log q may be and must be negative; -infinity is none.");
        }
    }
}

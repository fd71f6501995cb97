using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The weighted sums over some rows: of their losses, and of their weights (the example's times the target's).</summary>
internal record struct LossSums(double Loss, double Weight);

/// <summary>Which rows: those listed, or, of an empty list, those from <paramref name="first"/> on.</summary>
internal readonly ref struct RowNumbers(ReadOnlySpan<int> listed, int first, int count)
{
    private readonly ReadOnlySpan<int> _listed = listed;

    public int Count { get; } = count;

    public int this[int index] => _listed.IsEmpty ? first + index : _listed[index];

    public static RowNumbers From(int first, int count) => new([], first, count);

    public static RowNumbers Of(ReadOnlySpan<int> numbers) => new(numbers, 0, numbers.Length);
}

/// <summary>From the logits of rows to their losses and errors: the one place where a fit meets its loss.</summary>
internal static class RowLosses
{
    // As many rows as a loss is given at a time.
    private const int BlockRows = 32;

    /// <summary>Losses and errors of some rows; the sums run over the rows in order.</summary>
    /// <param name="loss">The loss of a row.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="numbers">The rows at hand.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="logits">Their logits <c>[rows, outputs]</c>.</param>
    /// <param name="errors">Receives the gradients of their weighted losses in the logits <c>[rows, outputs]</c>.</param>
    /// <param name="each">Receives the loss of each row over its target's weight, and its weight, where it is not empty.</param>
    public static LossSums Compute(
        LogitLoss loss,
        RowSet rows,
        RowNumbers numbers,
        int outputs,
        ReadOnlySpan<float> logits,
        Span<float> errors,
        Span<(double Loss, double Weight)> each = default)
    {
        var sums = default(LossSums);
        Span<int> labels = stackalloc int[BlockRows];
        Span<double> losses = stackalloc double[BlockRows];
        Span<float> targetWeights = stackalloc float[BlockRows];
        for (var start = 0; start < numbers.Count; start += BlockRows)
        {
            var count = Math.Min(BlockRows, numbers.Count - start);
            var block = new HardLabelRows
            {
                Outputs = outputs,
                Labels = labels[..count],
                Logits = logits.Slice(start * outputs, count * outputs),
                Gradients = errors.Slice(start * outputs, count * outputs),
                Losses = losses[..count],
                TargetWeights = targetWeights[..count],
            };
            if (!ReadHardLabels(rows, numbers, start, outputs, labels[..count]) || !loss.TryHardLabels(block))
            {
                for (var r = 0; r < count; r++)
                {
                    var target = rows.Target(numbers[start + r], outputs);
                    targetWeights[r] = (float)loss.TargetWeight(target);
                    losses[r] = loss.LossAndGradient(
                        block.Logits.Slice(r * outputs, outputs), target, block.Gradients.Slice(r * outputs, outputs));
                }
            }

            for (var r = 0; r < count; r++)
            {
                var weight = rows.Weight(numbers[start + r]);
                sums.Loss += weight * losses[r];
                sums.Weight += (double)weight * targetWeights[r];
                if (weight != 1)
                    SpanMath.Scale(block.Gradients.Slice(r * outputs, outputs), weight);
                if (!each.IsEmpty)
                    each[start + r] = (losses[r] / targetWeights[r], (double)weight * targetWeights[r]);
            }
        }

        return sums;
    }

    /// <summary>The hard labels of a block of rows; false where one of them has none.</summary>
    public static bool ReadHardLabels(RowSet rows, RowNumbers numbers, int start, int outputs, Span<int> labels)
    {
        for (var r = 0; r < labels.Length; r++)
        {
            // A soft label that is all on one class goes the way of a hard one, to the same bits.
            if (rows.HasClasses)
                labels[r] = rows.Class(numbers[start + r]);
            else if (!IsOneHot(rows.Target(numbers[start + r], outputs).Vector, out labels[r]))
                return false;
        }

        return true;
    }

    /// <summary>Whether a row's target is a hard label: 1 for a class and 0 for all others, or, of one output, just 0 or 1.</summary>
    private static bool IsOneHot(ReadOnlySpan<float> target, out int label)
    {
        label = target.Length == 1 ? (int)target[0] : target.IndexOf(1f);
        return target.Length == 1
            ? target[0] is 0 or 1
            : label >= 0 && !target[..label].ContainsAnyExcept(0f) && !target[(label + 1)..].ContainsAnyExcept(0f);
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Judges rows of scores, one a class: their probabilities, losses, predictions and ranks. Scores are turned so that a class's scores of
/// all rows lie side by side; then every step is one of vectors of rows, whatever the number of classes. An evaluation is often the only one
/// of its process, so that loops over rows are compiled to their best at once.
/// </summary>
internal static partial class MulticlassScores
{
    /// <summary>Whether a row of scores is a distribution, and if not, what is wrong with it.</summary>
    public static RowOutcome CheckProbabilities(ReadOnlySpan<float> scores, double rowSumTolerance)
    {
        double sum = 0;
        var negative = false;
        foreach (var score in scores)
        {
            sum += score;
            negative |= score < 0;
        }
        return !double.IsFinite(sum) ? RowOutcome.NonFiniteScore
            : negative ? RowOutcome.OutOfRangeScore
            : Math.Abs(sum - 1) > rowSumTolerance ? RowOutcome.RowSumNotOne
            : RowOutcome.Used;
    }

    /// <summary>Whether a row of logits has a softmax: the largest must be finite; any other may be minus infinity.</summary>
    public static RowOutcome CheckLogits(ReadOnlySpan<float> scores) =>
        float.IsFinite(SpanMath.Max(scores)) ? RowOutcome.Used : RowOutcome.NonFiniteScore;

    /// <summary>All that follows from the probabilities of the block's rows; false, and nothing meaningful, where one is bad.</summary>
    public static bool JudgeProbabilities(ScoredBlock rows, EvaluatedBlock block, double rowSumTolerance, LossFloor floor)
    {
        if (block.Count == 0)
            return true;
        Turn(rows, block);
        if (!JudgeProbabilities(block, rowSumTolerance, floor))
            return false;
        JudgeSoftRows(block, fromLogits: false, floor);
        return true;
    }

    /// <summary>All that follows from the logits of the block's rows; false, and nothing meaningful, where one is bad.</summary>
    public static bool JudgeLogits(ScoredBlock rows, EvaluatedBlock block, LossFloor floor)
    {
        if (block.Count == 0)
            return true;
        Turn(rows, block);
        if (!JudgeLogits(block, floor))
            return false;
        JudgeSoftRows(block, fromLogits: true, floor);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(ScoredBlock rows, EvaluatedBlock block)
    {
        // Places beyond the last row, up to a full vector, are filled too: nothing there may look bad.
        var end = (block.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        block.Sources.AsSpan(block.Count, end - block.Count).Fill(block.Sources[0]);
        block.Labels.AsSpan(block.Count, end - block.Count).Clear();
        var sources = block.Sources;
        var stride = block.Stride;
        for (var row = 0; row < end; row++)
        {
            ReadOnlySpan<float> scores = rows.Scores(sources[row]);
            ref var column = ref block.Scores[row];
            for (var k = 0; k < scores.Length; k++)
            {
                column = scores[k];
                column = ref Unsafe.Add(ref column, stride);
            }
        }
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            ReadOnlySpan<double> target = rows.Target(sources[row]);
            for (var k = 0; k < target.Length; k++)
                block.Targets[k * stride + row] = target[k];
        }
    }

    private static void JudgeSoftRows(EvaluatedBlock block, bool fromLogits, LossFloor floor)
    {
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                JudgeSoft(block, row, fromLogits, floor);
        }
    }

    private static void JudgeSoft(EvaluatedBlock block, int row, bool fromLogits, LossFloor floor)
    {
        double sum = 0, clippedSum = 0, squares = 0;
        for (var k = 0; k < block.Classes; k++)
        {
            var cell = k * block.Stride + row;
            double share = block.Targets[cell], score = block.Scores[cell];
            var key = fromLogits ? block.Forecasts[cell] : ForecastKey.Of(score, 1 - score);
            var error = share == 1 ? ForecastKey.Complement(key) : ForecastKey.Probability(key) - share;
            squares += error * error;
            if (share == 0)
                continue;
            var loss = fromLogits ? LossOf(block.TopScores[row] - score, block.Others[row]) : LossOf(score);
            block.ClassLosses[cell] = loss;
            sum += share * loss;
            clippedSum += share * floor.Clip(loss);
        }
        block.Hits[row] = block.TargetOf(block.Predicted[row], row);
        (block.Losses[row], block.ClippedLosses[row], block.SquaredErrors[row], block.Probabilities[row]) = (sum, clippedSum, squares, Math.Exp(-sum));
    }

    // One-hot soft labels give the very bits that hard labels give: the same functions, one row at a time.
    private static double LossOf(double probability) => LossOf(new Vector<double>(probability))[0];

    private static double LossOf(double below, double others) => LossOf(new Vector<double>(below), new Vector<double>(others))[0];

    /// <summary>-ln q, never negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LossOf(Vector<double> probability) =>
        // A float row may overshoot 1 by rounding. Subtracting makes no -0.
        Vector<double>.Zero - Vector.Log(Vector.MinNative(probability, Vector<double>.One));

    /// <summary>-ln q of a class whose logit lies so far below the largest, with <c>sum_k exp(z_k - max)</c> over all but the largest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> LossOf(Vector<double> below, Vector<double> others) => below + VectorLog.OnePlus(others);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Load<T>(T[] table, int index) =>
        Vector.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(table), (nuint)index);
}

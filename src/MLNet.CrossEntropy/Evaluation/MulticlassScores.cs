using System.Numerics;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Judges rows of scores, one a class: their probabilities, losses, predictions and ranks. Scores are turned so that a class's scores of
/// all rows lie side by side; then every step is one of vectors of rows, whatever the number of classes.
/// </summary>
internal static partial class MulticlassScores
{
    /// <summary>Whether a row of scores is a distribution, and if not, what is wrong with it.</summary>
    public static RowOutcome CheckProbabilities(ReadOnlySpan<float> scores, double rowSumTolerance)
    {
        double sum = 0;
        bool negative = false;
        foreach (float score in scores)
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

    /// <summary>Brings the scores of the block's rows into its columns and finds each row's best class; false where a row is bad.</summary>
    public static bool Load(ScoredBlock rows, EvaluatedBlock block, bool fromLogits, double rowSumTolerance)
    {
        if (block.Count == 0)
            return true;
        Turn(rows, block);
        bool good = true;
        for (int i = 0; i < block.Count; i += Vector<float>.Count)
            good &= fromLogits ? FindBest(block, i) : FindBest(block, i, rowSumTolerance);
        return good;
    }

    /// <summary>All that follows from the scores of good rows.</summary>
    public static void Judge(EvaluatedBlock block, bool fromLogits, LossFloor floor)
    {
        if (block.Count == 0)
            return;
        for (int i = 0; i < block.Count; i += Vector<float>.Count)
        {
            Rank(block, i);
            Forecast(block, i, fromLogits);
        }
        for (int row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] >= 0)
                block.Losses[row] = LossOf(block, block.Labels[row], row, fromLogits);
        }
        for (int i = 0; i < block.Count; i += Vector<double>.Count)
            floor.Clip(new Vector<double>(block.Losses, i)).CopyTo(block.ClippedLosses, i);
        for (int row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                JudgeSoft(block, row, fromLogits, floor);
        }
    }

    private static void Turn(ScoredBlock rows, EvaluatedBlock block)
    {
        // Places beyond the last row, up to a full vector, are filled too: nothing there may look bad.
        int end = (block.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        block.Sources.AsSpan(block.Count, end - block.Count).Fill(block.Sources[0]);
        block.Labels.AsSpan(block.Count, end - block.Count).Clear();
        for (int row = 0; row < end; row++)
        {
            ReadOnlySpan<float> scores = rows.Scores(block.Sources[row]);
            for (int k = 0; k < scores.Length; k++)
                block.Scores[k * block.Stride + row] = scores[k];
        }
        if (!block.HasSoftLabels)
            return;
        for (int row = 0; row < block.Count; row++)
        {
            ReadOnlySpan<double> target = rows.Target(block.Sources[row]);
            for (int k = 0; k < target.Length; k++)
                block.Targets[k * block.Stride + row] = target[k];
        }
    }

    /// <summary>-ln of a class's probability; never negative.</summary>
    private static double LossOf(EvaluatedBlock block, int k, int row, bool fromLogits)
    {
        double score = block.Scores[k * block.Stride + row];
        return fromLogits ? (block.Scores[block.Predicted[row] * block.Stride + row] - score) + StableMath.Log1P(block.Others[row])
            // A float row may overshoot 1 by rounding.
            : -Math.Log(Math.Min(score, 1));
    }

    private static void JudgeSoft(EvaluatedBlock block, int row, bool fromLogits, LossFloor floor)
    {
        double sum = 0, clippedSum = 0, squares = 0;
        for (int k = 0; k < block.Classes; k++)
        {
            int cell = k * block.Stride + row;
            double share = block.Targets[cell];
            double error = share == 1 ? ForecastKey.Complement(block.Forecasts[cell]) : ForecastKey.Probability(block.Forecasts[cell]) - share;
            squares += error * error;
            if (share == 0)
                continue;
            double loss = LossOf(block, k, row, fromLogits);
            block.ClassLosses[cell] = loss;
            sum += share * loss;
            clippedSum += share * floor.Clip(loss);
        }
        block.Hits[row] = block.TargetOf(block.Predicted[row], row);
        (block.Losses[row], block.ClippedLosses[row], block.SquaredErrors[row], block.Probabilities[row]) = (sum, clippedSum, squares, Math.Exp(-sum));
    }
}

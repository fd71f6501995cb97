using System.Numerics;
using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates the answers of a binary model: labels, weights and scores are in the block.</summary>
internal static class BinaryScores
{
    /// <summary>All that follows from one slot of the rows' scores; false, and nothing meaningful, where a score is bad.</summary>
    public static bool Evaluate(ScoredBlock rows, EvaluatedBlock block, int slot, LossFloor floor)
    {
        for (var row = 0; row < block.Count; row++)
            block.Scores[row] = rows.Scores(block.Sources[row])[slot];
        // Places beyond the last row, up to a full vector, are filled too: nothing there may look bad.
        block.Scores.AsSpan(block.Count, Vector<float>.Count).Fill(0.5f);
        var areGood = floor.FromLogits ? EvaluateLogits(block, floor) : EvaluateProbabilities(block, floor);
        Finish(block, floor);
        return areGood;
    }

    /// <summary>Gives a row its label by the share of the positive class; a share of 0 or 1 makes it a hard one.</summary>
    public static void SetLabel(EvaluatedBlock block, int row, double share)
    {
        block.Labels[row] = share == 1 ? 1 : share == 0 ? 0 : -1;
        (block.Targets[row], block.Targets[block.Stride + row]) = (1 - share, share);
    }

    /// <summary>Whether a float probability is a sigmoid, up to what float arithmetic and underflow lose.</summary>
    public static bool IsSigmoid(float probability, double sigmoid) => Math.Abs(probability - sigmoid) <= 1e-5 * sigmoid + 1e-37;

    /// <summary>Evaluates rows by the probability of the positive class; false where one is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool EvaluateProbabilities(EvaluatedBlock block, LossFloor floor)
    {
        var isGood = Vector<int>.AllBitsSet;
        Vector<int> isCertain = default;
        for (var i = 0; i < block.Count; i += Vector<float>.Count)
        {
            Vector<float> score = new(block.Scores, i);
            isCertain |= Vector.Equals(score, Vector<float>.Zero) | Vector.Equals(score, Vector<float>.One);
            isGood &= Vector.GreaterThanOrEqual(score, Vector<float>.Zero) & Vector.LessThanOrEqual(score, Vector<float>.One);
            Vector.GreaterThan(score, new Vector<float>(0.5f)).CopyTo(block.Predicted, i);
            Vector.Widen(score, out var lower, out var upper);
            Vector.Widen(new Vector<int>(block.Labels, i), out var lowerLabel, out var upperLabel);
            EvaluateProbabilities(block, i, lower, lowerLabel, floor);
            EvaluateProbabilities(block, i + Vector<double>.Count, upper, upperLabel, floor);
        }
        if (isCertain != Vector<int>.Zero)
            block.MarkRounded();
        return isGood == Vector<int>.AllBitsSet;
    }

    /// <summary>Evaluates rows by the logit of the positive class; false where one is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool EvaluateLogits(EvaluatedBlock block, LossFloor floor)
    {
        var isGood = Vector<int>.AllBitsSet;
        for (var i = 0; i < block.Count; i += Vector<float>.Count)
        {
            Vector<float> score = new(block.Scores, i);
            isGood &= Vector.LessThan(Vector.Abs(score), new Vector<float>(float.PositiveInfinity));
            Vector.GreaterThan(score, Vector<float>.Zero).CopyTo(block.Predicted, i);
            Vector.Widen(score, out var lower, out var upper);
            Vector.Widen(new Vector<int>(block.Labels, i), out var lowerLabel, out var upperLabel);
            EvaluateLogits(block, i, lower, lowerLabel, floor);
            EvaluateLogits(block, i + Vector<double>.Count, upper, upperLabel, floor);
        }
        return isGood == Vector<int>.AllBitsSet;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EvaluateProbabilities(EvaluatedBlock block, int at, Vector<double> probability, Vector<long> label, LossFloor floor)
    {
        var complement = Vector<double>.One - probability;
        Vector<double> atLeast = Vector.MaxNative(probability, new Vector<double>(LossFloor.SmallestProbability));
        Vector<double> complementAtLeast = Vector.MaxNative(complement, new Vector<double>(LossFloor.SmallestComplement));
        Vector<double> own = Vector.ConditionalSelect(Vector.Equals(label, Vector<long>.One), atLeast, complementAtLeast);
        Store(block, at, probability, complement, label, Vector<double>.Zero - Vector.Log(own), floor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EvaluateLogits(EvaluatedBlock block, int at, Vector<double> logit, Vector<long> label, LossFloor floor)
    {
        // softplus(-|z|), and the two probabilities, from one exponential.
        Vector<double> decay = Vector.Exp(-Vector.Abs(logit)), onePlus = Vector<double>.One + decay;
        Vector<double> larger = Vector<double>.One / onePlus, smaller = decay / onePlus;
        Vector<long> isUpper = Vector.GreaterThanOrEqual(logit, Vector<double>.Zero);
        Vector<double> probability = Vector.ConditionalSelect(isUpper, larger, smaller);
        Vector<double> complement = Vector.ConditionalSelect(isUpper, smaller, larger);
        Vector<double> against = Vector.ConditionalSelect(Vector.Equals(label, Vector<long>.One), -logit, logit);
        Store(block, at, probability, complement, label, Vector.MaxNative(against, Vector<double>.Zero) + VectorLog.OnePlus(decay), floor);
    }

    /// <summary>Writes down what is known of the rows from <paramref name="at"/> on, given their losses as rows of a hard label.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        EvaluatedBlock block,
        int at,
        Vector<double> probability,
        Vector<double> complement,
        Vector<long> label,
        Vector<double> loss,
        LossFloor floor)
    {
        Vector<long> isYes = Vector.Equals(label, Vector<long>.One);
        Vector<double> error = Vector.ConditionalSelect(isYes, complement, probability);
        (error * error * 2).CopyTo(block.SquaredErrors, at);
        Vector.ConditionalSelect(isYes, probability, complement).CopyTo(block.Probabilities, at);
        loss.CopyTo(block.Losses, at);
        floor.Clip(loss).CopyTo(block.ClippedLosses, at);
        var key = ForecastKey.Of(probability, complement);
        key.CopyTo(block.Forecasts, at);
        Vector.Max(key, new Vector<long>(ForecastKey.One) - key).CopyTo(block.TopForecasts, at);
    }

    /// <summary>What is left to do row by row: predictions are still flags (0 or -1), soft labels not yet looked at.</summary>
    private static void Finish(EvaluatedBlock block, LossFloor floor)
    {
        for (var row = 0; row < block.Count; row++)
        {
            var predicted = block.Predicted[row] = -block.Predicted[row];
            block.Hits[row] = block.Labels[row] == predicted ? 1 : 0;
            if (block.Labels[row] < 0)
                EvaluateSoft(block, row, floor);
        }
    }

    private static void EvaluateSoft(EvaluatedBlock block, int row, LossFloor floor)
    {
        (var negative, var positive) = (block.Targets[row], block.Targets[block.Stride + row]);
        double score = block.Scores[row], least = floor.FromLogits ? StableMath.Log1P(Math.Exp(-Math.Abs(score))) : 0;
        var negativeLoss = floor.FromLogits ? Math.Max(score, 0) + least : -Math.Log(Math.Max(1 - score, LossFloor.SmallestComplement));
        var positiveLoss = floor.FromLogits ? Math.Max(-score, 0) + least : -Math.Log(Math.Max(score, LossFloor.SmallestProbability));
        // A soft label gives both outcomes a share.
        if (!floor.FromLogits && score is 0 or 1)
            block.MarkRounded(row);
        var error = ForecastKey.Probability(block.Forecasts[row]) - positive;
        block.SquaredErrors[row] = 2 * error * error;
        block.Hits[row] = block.TargetOf(block.Predicted[row], row);
        (block.ClassLosses[row], block.ClassLosses[block.Stride + row]) = (negativeLoss, positiveLoss);
        block.Losses[row] = negative * negativeLoss + positive * positiveLoss;
        block.Probabilities[row] = Math.Exp(-block.Losses[row]);
        block.ClippedLosses[row] = negative * floor.Clip(negativeLoss) + positive * floor.Clip(positiveLoss);
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Splits the scores of forecasts of one event by isotonic recalibration; see <see cref="ScoreDecomposition"/>. One recalibration
/// serves all of them.
/// </summary>
/// <param name="Brier">The Brier score of one event, <c>mean (q - y)^2</c>: half the two-class sum of squares.</param>
/// <param name="LogLoss">The log-loss of one event in nats, with probabilities raised to the floor.</param>
/// <param name="ClassLogLoss">
/// One class's part of the split of a K-class log-loss, <c>mean_i -y_ik ln q_ik</c>. Recalibration is isotonic for each class by
/// itself, with
/// respect to the proper score -y ln q + q; over all classes the q sum to 1 before and after, and drop out. So the parts of all
/// classes sum to the split of the log-loss itself, whose miscalibration and discrimination are at least 0; for two classes it is
/// <paramref name="LogLoss"/>.
/// </param>
internal readonly record struct IsotonicDecomposition(ScoreDecomposition Brier, ScoreDecomposition LogLoss, ScoreDecomposition ClassLogLoss)
{
    /// <summary>
    /// The splits of forecasts in groups, lowest first; of the log-losses with the loss at the floor as the largest there is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static IsotonicDecomposition Of(ReadOnlySpan<ScoreGroup> groups, double floorLoss)
    {
        double weight = 0, positive = 0, brier = 0, ofPositive = 0, ofNegative = 0;
        Span<double> losses = stackalloc double[256];
        for (var start = 0; start < groups.Length; start += losses.Length)
        {
            var some = groups[start..Math.Min(groups.Length, start + losses.Length)];
            LossesOf(some, losses);
            for (var i = 0; i < some.Length; i++)
            {
                ref readonly var group = ref some[i];
                weight += group.Weight;
                positive += group.Positive;
                brier += group.Positive * group.Complement * group.Complement + group.Negative * group.Probability * group.Probability;
                var loss = Math.Min(losses[i], floorLoss);
                if (group.Positive > 0)
                    ofPositive += group.Positive * loss;
                if (group.Negative > 0)
                    ofNegative += group.Negative * (group.Positive > 0 ? Math.Min(-Math.Log(group.Complement), floorLoss) : loss);
            }
        }
        (var brierThen, var positiveThen, var negativeThen) = Recalibrated(groups);
        double frequency = positive / weight, ofFrequency = -StableMath.XLogY(frequency, frequency);
        var entropy = ofFrequency - StableMath.XLogY(1 - frequency, 1 - frequency);
        return new(
            ScoreDecomposition.Of(brier / weight, brierThen / weight, frequency * (1 - frequency)),
            ScoreDecomposition.Of((ofPositive + ofNegative) / weight, (positiveThen + negativeThen) / weight, entropy),
            ScoreDecomposition.Of(ofPositive / weight, positiveThen / weight, ofFrequency));
    }

    /// <summary>-ln of the probability given to what happened; of groups in which both did, to the event.</summary>
    private static void LossesOf(ReadOnlySpan<ScoreGroup> groups, Span<double> losses)
    {
        for (var i = 0; i < groups.Length; i++)
            losses[i] = groups[i].Positive > 0 ? groups[i].Probability : groups[i].Complement;
        VectorLog.Negative(losses[..groups.Length]);
    }

    /// <summary>
    /// The weighted scores of the isotonic regression's forecasts: Brier, and the log-loss of rows for which the event came true and of
    /// the others.
    /// </summary>
    private static (double Brier, double OfPositive, double OfNegative) Recalibrated(ReadOnlySpan<ScoreGroup> groups)
    {
        (double Positive, double Weight)[] blocks = ArrayPool<(double, double)>.Shared.Rent(groups.Length);
        var count = PoolAdjacentViolators(groups, blocks);
        double brier = 0, ofPositive = 0, ofNegative = 0;
        foreach ((var positive, var weight) in blocks.AsSpan(0, count))
        {
            var y = positive / weight;
            brier += weight * y * (1 - y);
            ofPositive -= weight * StableMath.XLogY(y, y);
            ofNegative -= weight * StableMath.XLogY(1 - y, 1 - y);
        }
        ArrayPool<(double, double)>.Shared.Return(blocks);
        return (brier, ofPositive, ofNegative);
    }

    /// <summary>The blocks of the isotonic regression: frequencies rise strictly from block to block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int PoolAdjacentViolators(ReadOnlySpan<ScoreGroup> groups, (double Positive, double Weight)[] blocks)
    {
        var count = 0;
        foreach (ref readonly var group in groups)
        {
            (var positive, var weight) = (group.Positive, group.Weight);
            while (count > 0 && blocks[count - 1].Positive * weight >= positive * blocks[count - 1].Weight)
            {
                count--;
                (positive, weight) = (positive + blocks[count].Positive, weight + blocks[count].Weight);
            }
            blocks[count++] = (positive, weight);
        }
        return count;
    }
}

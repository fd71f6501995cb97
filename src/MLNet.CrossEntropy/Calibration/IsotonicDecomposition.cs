using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Splits the scores of forecasts of one event by isotonic recalibration; see <see cref="ScoreDecomposition"/>.</summary>
internal static class IsotonicDecomposition
{
    /// <summary>The Brier score of one event, <c>mean (q - y)^2</c>: half the two-class sum of squares.</summary>
    public static ScoreDecomposition OfBrier(List<ScoreGroup> groups) => Of(
        groups,
        g => g.Positive * g.Complement * g.Complement + g.Negative * g.Probability * g.Probability,
        static y => y * (1 - y));

    /// <summary>The log-loss of one event in nats, with probabilities raised to the floor whose loss is given.</summary>
    public static ScoreDecomposition OfLogLoss(List<ScoreGroup> groups, double floorLoss) => Of(
        groups,
        g => WeightedLoss(g.Positive, g.Probability, floorLoss) + WeightedLoss(g.Negative, g.Complement, floorLoss),
        static y => -StableMath.XLogY(y, y) - StableMath.XLogY(1 - y, 1 - y));

    /// <summary>
    /// One class's part of the split of a K-class log-loss, <c>mean_i -y_ik ln q_ik</c>. Recalibration is isotonic for each class by itself, with
    /// respect to the proper score -y ln q + q; over all classes the q sum to 1 before and after, and drop out. So the parts of all
    /// classes sum to the split of the log-loss itself, whose miscalibration and discrimination are at least 0; for two classes it is
    /// <see cref="OfLogLoss"/>.
    /// </summary>
    public static ScoreDecomposition OfClassLogLoss(List<ScoreGroup> groups, double floorLoss) => Of(
        groups,
        g => WeightedLoss(g.Positive, g.Probability, floorLoss),
        static y => -StableMath.XLogY(y, y));

    private static double WeightedLoss(double weight, double probability, double floorLoss) =>
        weight == 0 ? 0 : weight * Math.Min(-Math.Log(probability), floorLoss);

    private static ScoreDecomposition Of(List<ScoreGroup> groups, Func<ScoreGroup, double> score, Func<double, double> scoreOfFrequency)
    {
        double weight = 0, positive = 0, raw = 0, recalibrated = 0;
        foreach (ScoreGroup group in groups)
        {
            weight += group.Weight;
            positive += group.Positive;
            raw += score(group);
        }
        foreach ((double blockPositive, double blockWeight) in PoolAdjacentViolators(groups))
            recalibrated += blockWeight * scoreOfFrequency(blockPositive / blockWeight);
        return ScoreDecomposition.Of(raw / weight, recalibrated / weight, scoreOfFrequency(positive / weight));
    }

    /// <summary>The blocks of the isotonic regression: frequencies rise strictly from block to block.</summary>
    private static List<(double Positive, double Weight)> PoolAdjacentViolators(List<ScoreGroup> groups)
    {
        List<(double Positive, double Weight)> blocks = [];
        foreach (ScoreGroup group in groups)
        {
            (double positive, double weight) = (group.Positive, group.Weight);
            while (blocks.Count > 0 && blocks[^1].Positive * weight >= positive * blocks[^1].Weight)
            {
                (double p, double w) = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                (positive, weight) = (positive + p, weight + w);
            }
            blocks.Add((positive, weight));
        }
        return blocks;
    }
}

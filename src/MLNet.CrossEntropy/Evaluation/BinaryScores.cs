using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Judges the answers of a binary model: a row's label and weight are in the block, its score is given.</summary>
internal static class BinaryScores
{
    /// <summary>Judges a row by the probability of the positive class.</summary>
    public static void JudgeProbability(EvaluatedBlock block, int row, double probability, LossFloor floor)
    {
        double complement = 1 - probability;
        Place(block, row, probability, complement, isPositive: probability > 0.5);
        if (block.Labels[row] >= 0)
        {
            double own = block.Labels[row] == 1 ? probability : complement;
            SetLoss(block, row, own, -Math.Log(own), floor);
        }
        else
        {
            SetSoftLoss(block, row, -Math.Log(complement), -Math.Log(probability), floor);
        }
    }

    /// <summary>Judges a row by the logit of the positive class, and returns that class's probability.</summary>
    public static double JudgeLogit(EvaluatedBlock block, int row, double logit, LossFloor floor)
    {
        // softplus(-|z|), and the two probabilities, from one exponential.
        double decay = Math.Exp(-Math.Abs(logit));
        double least = StableMath.Log1P(decay);
        double larger = 1 / (1 + decay), smaller = decay / (1 + decay);
        (double probability, double complement) = logit >= 0 ? (larger, smaller) : (smaller, larger);
        (double negativeLoss, double positiveLoss) = (Math.Max(logit, 0) + least, Math.Max(-logit, 0) + least);
        Place(block, row, probability, complement, isPositive: logit > 0);
        if (block.Labels[row] >= 0)
        {
            bool isYes = block.Labels[row] == 1;
            SetLoss(block, row, isYes ? probability : complement, isYes ? positiveLoss : negativeLoss, floor);
        }
        else
        {
            SetSoftLoss(block, row, negativeLoss, positiveLoss, floor);
        }
        return probability;
    }

    /// <summary>Gives a row its label by the share of the positive class; a share of 0 or 1 makes it a hard one.</summary>
    public static void SetLabel(EvaluatedBlock block, int row, double share)
    {
        block.Labels[row] = share == 1 ? 1 : share == 0 ? 0 : -1;
        (block.Targets[row], block.Targets[block.Stride + row]) = (1 - share, share);
    }

    /// <summary>Whether a float probability is a sigmoid, up to what float arithmetic and underflow lose.</summary>
    public static bool IsSigmoid(float probability, double sigmoid) => Math.Abs(probability - sigmoid) <= 1e-5 * sigmoid + 1e-37;

    private static void Place(EvaluatedBlock block, int row, double probability, double complement, bool isPositive)
    {
        int predicted = isPositive ? 1 : 0;
        long key = ForecastKey.Of(probability, complement);
        block.Predicted[row] = predicted;
        block.Hits[row] = block.TargetOf(predicted, row);
        block.Forecasts[row] = key;
        block.TopForecasts[row] = isPositive ? key : ForecastKey.Of(complement, probability);
        double error = block.Labels[row] switch
        {
            0 => probability,
            1 => complement,
            _ => probability - block.Targets[block.Stride + row],
        };
        block.SquaredErrors[row] = 2 * error * error;
    }

    private static void SetLoss(EvaluatedBlock block, int row, double probability, double loss, LossFloor floor)
    {
        block.Probabilities[row] = probability;
        block.Losses[row] = loss;
        block.ClippedLosses[row] = floor.Clip(loss);
    }

    private static void SetSoftLoss(EvaluatedBlock block, int row, double negativeLoss, double positiveLoss, LossFloor floor)
    {
        (double negative, double positive) = (block.Targets[row], block.Targets[block.Stride + row]);
        (block.ClassLosses[row], block.ClassLosses[block.Stride + row]) = (negativeLoss, positiveLoss);
        block.Losses[row] = negative * negativeLoss + positive * positiveLoss;
        block.Probabilities[row] = Math.Exp(-block.Losses[row]);
        block.ClippedLosses[row] = negative * floor.Clip(negativeLoss) + positive * floor.Clip(positiveLoss);
    }
}

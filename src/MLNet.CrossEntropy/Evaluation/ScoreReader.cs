namespace MLNet.CrossEntropy;

/// <summary>Turns a row of scores into class probabilities and the loss of the true class, or says why it cannot.</summary>
internal sealed class ScoreReader(ScoreKind kind, int classes, double probabilityFloor, double rowSumTolerance)
{
    private readonly double[] _probabilities = new double[classes];

    /// <summary>The last valid row's probabilities.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>-ln of the true class's probability in the last valid row.</summary>
    public double Loss { get; private set; }

    /// <summary>Whether that probability lay below the floor.</summary>
    public bool IsClipped { get; private set; }

    /// <summary>The most probable class of the last valid row, the lowest of equals.</summary>
    public int Predicted { get; private set; }

    public RowOutcome Read(ReadOnlySpan<float> scores, int label) =>
        kind == ScoreKind.Logits ? ReadLogits(scores, label) : ReadProbabilities(scores, label);

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

    private RowOutcome ReadProbabilities(ReadOnlySpan<float> scores, int label)
    {
        RowOutcome outcome = CheckProbabilities(scores, rowSumTolerance);
        if (outcome != RowOutcome.Used)
            return outcome;
        int best = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            _probabilities[k] = scores[k];
            if (scores[k] > scores[best])
                best = k;
        }
        Predicted = best;
        // A float row may overshoot 1 by rounding; a loss is never negative.
        double p = Math.Min(_probabilities[label], 1);
        Loss = -Math.Log(p);
        IsClipped = p < probabilityFloor;
        return RowOutcome.Used;
    }

    private RowOutcome ReadLogits(ReadOnlySpan<float> scores, int label)
    {
        int best = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            if (float.IsNaN(scores[k]) || float.IsPositiveInfinity(scores[k]))
                return RowOutcome.NonFiniteScore;
            if (scores[k] > scores[best])
                best = k;
        }
        if (float.IsNegativeInfinity(scores[best]))
            return RowOutcome.NonFiniteScore;

        double max = scores[best], sum = 0;
        for (int k = 0; k < scores.Length; k++)
            sum += _probabilities[k] = Math.Exp(scores[k] - max);
        for (int k = 0; k < scores.Length; k++)
            _probabilities[k] /= sum;
        Predicted = best;
        Loss = max - scores[label] + Math.Log(sum);
        IsClipped = double.IsPositiveInfinity(Loss);
        return RowOutcome.Used;
    }
}

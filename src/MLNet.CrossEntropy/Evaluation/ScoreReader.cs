using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Turns a row of scores into class probabilities and losses, or says why it cannot.</summary>
internal sealed class ScoreReader(ScoreKind kind, int classes, double rowSumTolerance)
{
    private readonly double[] _logits = new double[classes];
    private readonly double[] _probabilities = new double[classes];
    private readonly double[] _complements = new double[classes];
    private SoftmaxTerms _terms;

    /// <summary>The last valid row's probabilities.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>1 less each of them.</summary>
    public ReadOnlySpan<double> Complements => _complements;

    /// <summary>The most probable class of the last valid row, the lowest of equals.</summary>
    public int Predicted { get; private set; }

    /// <summary>-ln of a class's probability in the last valid row; never negative.</summary>
    public double LossOf(int k) =>
        kind == ScoreKind.Logits ? _terms.Surprisal(_logits[k])
        // A float row may overshoot 1 by rounding.
        : -Math.Log(Math.Min(_probabilities[k], 1));

    public RowOutcome Read(ReadOnlySpan<float> scores) =>
        kind == ScoreKind.Logits ? ReadLogits(scores) : ReadProbabilities(scores);

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

    private RowOutcome ReadProbabilities(ReadOnlySpan<float> scores)
    {
        RowOutcome outcome = CheckProbabilities(scores, rowSumTolerance);
        if (outcome != RowOutcome.Used)
            return outcome;
        int best = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            _probabilities[k] = scores[k];
            _complements[k] = Math.Max(1.0 - scores[k], 0);
            if (scores[k] > scores[best])
                best = k;
        }
        Predicted = best;
        return RowOutcome.Used;
    }

    private RowOutcome ReadLogits(ReadOnlySpan<float> scores)
    {
        for (int k = 0; k < scores.Length; k++)
            _logits[k] = scores[k];
        _terms = SoftmaxTerms.Of<double>(_logits, _probabilities);
        // The largest logit must be finite; then so is the log-sum-exp, and any other may be minus infinity.
        if (!double.IsFinite(_terms.LogSumExp))
            return RowOutcome.NonFiniteScore;
        for (int k = 0; k < _probabilities.Length; k++)
        {
            _complements[k] = _terms.Complement(k, _probabilities[k]);
            _probabilities[k] = _terms.Probability(_probabilities[k]);
        }
        Predicted = _terms.ArgMax;
        return RowOutcome.Used;
    }
}

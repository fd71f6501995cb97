using System.Buffers;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Splits the scores of forecasts of one event by isotonic recalibration; see <see cref="ScoreDecomposition"/>. One recalibration
/// serves all of them. It is cross-fitted: rows are dealt into folds, and those of a fold are recalibrated by what the others say, since a
/// recalibration to the very rows that it is judged by would always seem to gain something, and of few rows all there is.
/// </summary>
/// <param name="Brier">The Brier score of one event, <c>mean (q - y)^2</c>: half the two-class sum of squares.</param>
/// <param name="LogLoss">The log-loss of one event in nats, with probabilities raised to the floor.</param>
/// <param name="ClassLogLoss">
/// One class's part of the split of a K-class log-loss, <c>mean_i -y_ik ln q_ik</c>. Recalibration is isotonic for each class by
/// itself, so that recalibrated forecasts need not sum to 1: they are judged by the proper score <c>-y ln q + q - y</c>, which over all
/// classes is the log-loss where the q do. So the parts of all classes sum to the split of the log-loss itself; for two classes that is
/// <paramref name="LogLoss"/>.
/// </param>
internal readonly record struct IsotonicDecomposition(ScoreDecomposition Brier, ScoreDecomposition LogLoss, ScoreDecomposition ClassLogLoss)
{
    /// <summary>
    /// The splits of forecasts in groups, lowest first; of the log-losses with the floor's largest loss as the largest there is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static IsotonicDecomposition Of(ReadOnlySpan<ScoreGroup> groups, LossFloor floor)
    {
        double weight = 0, positive = 0, squares = 0, brier = 0, ofPositive = 0, ofNegative = 0;
        var losses = ArrayPool<(double, double)>.Shared.Rent(groups.Length);
        for (var g = 0; g < groups.Length; g++)
        {
            ref readonly var group = ref groups[g];
            (var loss, var lossOfRest) = losses[g] = LossesOf(group, floor);
            weight += group.Weight;
            positive += group.Positive;
            squares += group.SquaredWeights;
            brier += group.Positive * group.Complement * group.Complement + group.Negative * group.Probability * group.Probability;
            ofPositive += group.Positive * loss;
            ofNegative += group.Negative * lossOfRest;
        }
        RecalibratedScores then = new(effectiveRows: weight * weight / squares);
        new CrossFit(groups, meanWeight: squares / weight).Recalibrate(groups, losses, ref then);
        ArrayPool<(double, double)>.Shared.Return(losses);

        double frequency = positive / weight, ofFrequency = -StableMath.XLogY(frequency, frequency);
        var entropy = ofFrequency - StableMath.XLogY(1 - frequency, 1 - frequency);
        return new(
            then.Brier.Split(brier / weight, frequency * (1 - frequency)),
            then.LogLoss.Split((ofPositive + ofNegative) / weight, entropy),
            then.ClassLogLoss.Split(ofPositive / weight, ofFrequency));
    }

    /// <summary>-ln of the probability given to the event and to its opposite, as far as they are needed.</summary>
    private static (double OfEvent, double OfRest) LossesOf(in ScoreGroup group, LossFloor floor) => (
        group.Positive > 0 ? floor.LossOf(group.Probability) : 0, group.Negative > 0 ? floor.LossOfComplement(group.Complement) : 0);
}

/// <summary>The scores of recalibrated forecasts.</summary>
internal struct RecalibratedScores(double effectiveRows)
{
    public DifferenceSums Brier = new(effectiveRows);
    public DifferenceSums LogLoss = new(effectiveRows);
    public DifferenceSums ClassLogLoss = new(effectiveRows);

    /// <summary>Adds rows of one forecast, the weight of those for which the event came true and that of the others.</summary>
    public void Add(in ScoreGroup group, (double OfEvent, double OfRest) losses, double positive, double negative, double recalibrated)
    {
        (var q, var rest, var y) = (group.Probability, group.Complement, recalibrated);
        if (positive > 0)
        {
            var loss = -Math.Log(y);
            Brier.Add(positive, rest * rest, (1 - y) * (1 - y));
            LogLoss.Add(positive, losses.OfEvent, loss);
            ClassLogLoss.Add(positive, losses.OfEvent + q - 1, loss + y - 1);
        }
        if (negative > 0)
        {
            Brier.Add(negative, q * q, y * y);
            LogLoss.Add(negative, losses.OfRest, -Math.Log(1 - y));
            ClassLogLoss.Add(negative, q, y);
        }
    }
}

/// <summary>The mean of a score after recalibration, and how much it differs from that before, row by row.</summary>
internal struct DifferenceSums(double effectiveRows)
{
    private double _weight;
    private double _after;
    private double _difference;
    private double _square;

    public void Add(double weight, double before, double after)
    {
        _weight += weight;
        _after += weight * after;
        _difference += weight * (before - after);
        _square += weight * (before - after) * (before - after);
    }

    public readonly ScoreDecomposition Split(double score, double uncertainty)
    {
        double after = _after / _weight, mean = _difference / _weight;
        var variance = Math.Max(_square / _weight - mean * mean, 0);
        // Below two effective rows there is none.
        var error = effectiveRows > 1.000001 ? Math.Sqrt(variance / (effectiveRows - 1)) : double.NaN;
        return new(score, score - after, uncertainty - after, uncertainty, error);
    }
}

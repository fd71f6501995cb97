using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What makes one threshold better than another.</summary>
internal sealed class ThresholdRule
{
    // Sums of weights may miss their share by rounding.
    private const double Rounding = 1e-12;

    private readonly double? _precision;
    private readonly double? _recall;

    private ThresholdRule(double? precision, double? recall, (double FalsePositive, double FalseNegative)? costs) =>
        (_precision, _recall, Costs) = (precision, recall, costs);

    public (double FalsePositive, double FalseNegative)? Costs { get; }

    /// <exception cref="ArgumentException">Not exactly one target is given, or it is out of range.</exception>
    public static ThresholdRule Of(double? precision, double? recall, (double FalsePositive, double FalseNegative)? costs)
    {
        if ((precision is null ? 0 : 1) + (recall is null ? 0 : 1) + (costs is null ? 0 : 1) is var targets && targets != 1)
            throw EvaluationErrors.NotOneTarget(targets);
        if (precision is { } p)
            _ = Guard.Range(p, p is > 0 and <= 1, nameof(precision), "above 0, at most 1", "0.99 lets one in a hundred be wrong");
        if (recall is { } r)
            _ = Guard.Range(r, r is > 0 and <= 1, nameof(recall), "above 0, at most 1", "0.9 finds nine in ten");
        if (costs is { } c)
        {
            Check(c.FalsePositive);
            Check(c.FalseNegative);
        }
        return new(precision, recall, costs);

        static void Check(double cost) => Guard.Range(
            cost, double.IsFinite(cost) && cost >= 0, nameof(costs), "finite and at least 0", "(1, 5): a miss costs five false alarms");
    }

    /// <summary>
    /// The best place in a ranking, given the weights of positive and negative rows above each, from none to all; null where none reaches
    /// the target.
    /// </summary>
    public int? BestOf(ReadOnlySpan<double> truePositives, ReadOnlySpan<double> falsePositives)
    {
        int? best = null;
        var highest = double.NegativeInfinity;
        double positives = truePositives[^1], enough = (1 - Rounding) * _recall.GetValueOrDefault() * positives;
        for (var i = 0; i < truePositives.Length; i++)
        {
            (var tp, var fp) = (truePositives[i], falsePositives[i]);
            var value = _precision is { } precision ? (tp >= (1 - Rounding) * precision * (tp + fp) ? tp : double.NaN)
                : _recall is not null ? (tp >= enough ? tp / (tp + fp) : double.NaN)
                : -(Costs!.Value.FalsePositive * fp + Costs.Value.FalseNegative * (positives - tp));
            // Of thresholds with the same precision the lowest finds most rows; of others' equals the highest has fewest mistakes.
            if (value > highest || (_recall is not null && value == highest))
                (best, highest) = (i, value);
        }
        // No precision is reached by predicting nothing.
        return _precision is not null && highest <= 0 ? null : best;
    }
}

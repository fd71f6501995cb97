using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The forecasts of one class, highest first, with what stands above each place: a place i predicts the first i groups of equal forecast
/// positive.
/// </summary>
internal sealed class RankedForecasts
{
    private readonly ScoreDistribution _forecasts;
    private readonly bool _isMirrored;
    private readonly List<ScoreGroup> _groups = [];

    public RankedForecasts(ScoreDistribution forecasts, bool isMirrored)
    {
        (_forecasts, _isMirrored) = (forecasts, isMirrored);
        // Copying may sort what is kept.
        lock (forecasts)
            forecasts.CopyGroupsTo(_groups);
        if (!isMirrored)
            _groups.Reverse();
        (TruePositives, FalsePositives) = (new double[_groups.Count + 1], new double[_groups.Count + 1]);
        CompensatedSum positive = default, negative = default;
        for (var i = 0; i < _groups.Count; i++)
        {
            if (isMirrored)
                _groups[i] = _groups[i].Mirrored();
            positive.Add(_groups[i].Positive);
            negative.Add(_groups[i].Negative);
            (TruePositives[i + 1], FalsePositives[i + 1]) = (positive.Value, negative.Value);
        }
    }

    /// <summary>The groups of equal forecast, highest first.</summary>
    public ReadOnlySpan<ScoreGroup> Groups => CollectionsMarshal.AsSpan(_groups);

    /// <summary>The weight of the positive rows above each place, from none to all.</summary>
    public double[] TruePositives { get; }

    /// <summary>The weight of the negative rows above each place, from none to all.</summary>
    public double[] FalsePositives { get; }

    /// <summary>Whether groups are equal forecasts, not buckets.</summary>
    public bool IsExact => _forecasts.IsExact;

    public double Positives => TruePositives[^1];

    public double Negatives => FalsePositives[^1];

    /// <summary>The weight of as many equal rows as vary like these, <c>sum w^2 / sum w</c>.</summary>
    public double WeightOfARow => _groups.Sum(g => g.SquaredWeights) / (Positives + Negatives);

    public OperatingPoint PointAt(int place)
    {
        (var threshold, var logit) = ThresholdAt(place);
        return new(threshold, logit, TruePositives[place], FalsePositives[place], Positives, Negatives);
    }

    /// <summary>The number of groups with a forecast of at least the threshold; of a bucket, its mean forecast.</summary>
    public int CountFrom(double threshold)
    {
        int low = 0, high = _groups.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_groups[middle].Probability >= threshold)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The highest precision of any threshold.</summary>
    public double HighestPrecision() =>
        Enumerable.Range(1, _groups.Count).Max(i => TruePositives[i] / (TruePositives[i] + FalsePositives[i]));

    /// <summary>A threshold between the groups on both sides of a place, as a probability and as a logit.</summary>
    private (double Probability, double Logit) ThresholdAt(int place)
    {
        if (place == 0)
            return (double.PositiveInfinity, double.PositiveInfinity);
        if (place == _groups.Count)
            return (0, double.NegativeInfinity);
        (var above, var aboveComplement) = EdgeOf(_groups[place - 1], highest: false);
        (var below, var belowComplement) = EdgeOf(_groups[place], highest: true);
        var logit = (Math.Log(above) - Math.Log(aboveComplement) + Math.Log(below) - Math.Log(belowComplement)) / 2;
        // Half-way between probabilities where one is 0 or 1.
        if (!double.IsFinite(logit))
            logit = Math.Log((above + below) / 2) - Math.Log((aboveComplement + belowComplement) / 2);
        var middle = StableMath.Sigmoid(logit);
        return (middle > below && middle <= above ? middle : above, logit);
    }

    /// <summary>The lowest or highest forecast that a group may hold, with its complement.</summary>
    private (double Probability, double Complement) EdgeOf(in ScoreGroup group, bool highest)
    {
        if (!_isMirrored)
            return _forecasts.EdgeOf(group, highest);
        (var probability, var complement) = _forecasts.EdgeOf(group.Mirrored(), !highest);
        return (complement, probability);
    }
}

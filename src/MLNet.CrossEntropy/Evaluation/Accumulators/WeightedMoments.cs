namespace MLNet.CrossEntropy;

/// <summary>
/// Mean and variance of weighted values in one pass: West (1979), the weighted form of Welford's recurrence; two halves
/// merge by Chan, Golub and LeVeque (1983). Weights say how much a row matters, not how often it was seen, so the
/// standard error rests on the effective number of rows (Kish 1965).
/// </summary>
internal struct WeightedMoments
{
    private double _weightSum;
    private double _squaredWeightSum;
    private double _mean;
    private double _squaredDeviations;

    /// <summary><c>(sum w)^2 / sum w^2</c>; the number of rows when all weights are equal.</summary>
    public readonly double EffectiveCount => _weightSum == 0 ? 0 : _weightSum * _weightSum / _squaredWeightSum;

    /// <summary>The standard error of the weighted mean, NaN for fewer than two effective rows.</summary>
    public readonly double StandardError =>
        EffectiveCount > 1 ? Math.Sqrt(Math.Max(_squaredDeviations, 0) / _weightSum / (EffectiveCount - 1)) : double.NaN;

    public void Add(double value, double weight)
    {
        _weightSum += weight;
        _squaredWeightSum += weight * weight;
        double deviation = value - _mean;
        _mean += weight / _weightSum * deviation;
        _squaredDeviations += weight * deviation * (value - _mean);
    }

    public void Merge(in WeightedMoments other)
    {
        if (other._weightSum == 0)
            return;
        double weightSum = _weightSum + other._weightSum;
        double deviation = other._mean - _mean;
        _squaredDeviations += other._squaredDeviations + deviation * deviation * _weightSum * (other._weightSum / weightSum);
        _mean += deviation * (other._weightSum / weightSum);
        _weightSum = weightSum;
        _squaredWeightSum += other._squaredWeightSum;
    }
}

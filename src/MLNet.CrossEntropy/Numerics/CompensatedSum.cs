using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// A running sum of doubles that keeps what rounding would drop: its error does not grow with the number of terms
/// (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, algorithm IV).
/// </summary>
internal struct CompensatedSum
{
    private double _sum;
    private double _dropped;

    /// <summary>The sum so far; 0 before the first term.</summary>
    // Once the sum is infinite or NaN the correction is meaningless.
    public readonly double Value => double.IsFinite(_sum) ? _sum + _dropped : _sum;

    /// <summary>Adds one term.</summary>
    public void Add(double term)
    {
        var sum = _sum + term;
        _dropped += Math.Abs(_sum) >= Math.Abs(term) ? (_sum - sum) + term : (term - sum) + _sum;
        _sum = sum;
    }

    /// <summary>The sum of <paramref name="terms"/>, in double whatever <typeparamref name="T"/> is.</summary>
    public static double Of<T>(ReadOnlySpan<T> terms)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = new CompensatedSum();
        foreach (var term in terms)
            sum.Add(double.CreateTruncating(term));
        return sum.Value;
    }
}

/// <summary>
/// Mean and variance of weighted values in one pass: West (1979), the weighted form of Welford's recurrence; two halves
/// merge by Chan, Golub and LeVeque (1983). Weights say how much a row matters, not how often it was seen, so the
/// standard error rests on the effective number of rows (Kish 1965).
/// </summary>
internal struct WeightedMoments
{
    /// <summary>How many numbers they are.</summary>
    public const int Numbers = 4;

    private double _weightSum;
    private double _squaredWeightSum;
    private double _mean;
    private double _squaredDeviations;

    public readonly double Weight => _weightSum;

    public readonly double Mean => _weightSum == 0 ? double.NaN : _mean;

    /// <summary><c>(sum w)^2 / sum w^2</c>; the number of rows when all weights are equal.</summary>
    public readonly double EffectiveCount => _weightSum == 0 ? 0 : _weightSum * _weightSum / _squaredWeightSum;

    /// <summary>The standard error of the weighted mean, NaN for fewer than two effective rows.</summary>
    public readonly double StandardError =>
        EffectiveCount > 1 ? Math.Sqrt(Math.Max(_squaredDeviations, 0) / _weightSum / (EffectiveCount - 1)) : double.NaN;

    /// <summary>The moments of all values at once, in two passes; of the same number of weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static WeightedMoments Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        var weightSum = SpanMath.Sum(weights);
        var mean = weightSum == 0 ? 0 : SpanMath.Dot(weights, values) / weightSum;
        var i = 0;
        Vector<double> lanes = default;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var deviation = new Vector<double>(values[i..]) - new Vector<double>(mean);
            lanes += new Vector<double>(weights[i..]) * deviation * deviation;
        }
        var squaredDeviations = Vector.Sum(lanes);
        for (; i < values.Length; i++)
            squaredDeviations += weights[i] * (values[i] - mean) * (values[i] - mean);
        return new()
        {
            _weightSum = weightSum,
            _squaredWeightSum = SpanMath.Dot(weights, weights),
            _mean = mean,
            _squaredDeviations = squaredDeviations,
        };
    }

    /// <summary>Those that <see cref="CopyTo"/> has written.</summary>
    public static WeightedMoments From(ReadOnlySpan<double> numbers) => new()
    {
        _weightSum = numbers[0],
        _squaredWeightSum = numbers[1],
        _mean = numbers[2],
        _squaredDeviations = numbers[3],
    };

    /// <summary>Writes all that they hold.</summary>
    public readonly void CopyTo(Span<double> numbers)
    {
        (numbers[0], numbers[1]) = (_weightSum, _squaredWeightSum);
        (numbers[2], numbers[3]) = (_mean, _squaredDeviations);
    }

    public void Add(double value, double weight)
    {
        _weightSum += weight;
        _squaredWeightSum += weight * weight;
        var deviation = value - _mean;
        _mean += weight / _weightSum * deviation;
        _squaredDeviations += weight * deviation * (value - _mean);
    }

    public void Merge(in WeightedMoments other)
    {
        if (other._weightSum == 0)
            return;
        var weightSum = _weightSum + other._weightSum;
        var deviation = other._mean - _mean;
        _squaredDeviations += other._squaredDeviations + deviation * deviation * _weightSum * (other._weightSum / weightSum);
        _mean += deviation * (other._weightSum / weightSum);
        _weightSum = weightSum;
        _squaredWeightSum += other._squaredWeightSum;
    }
}

using System.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// A running sum of doubles that keeps what rounding would drop: its error does not grow with the number of terms
/// (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, algorithm IV).
/// </summary>
public struct CompensatedSum
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

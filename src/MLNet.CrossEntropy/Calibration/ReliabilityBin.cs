namespace MLNet.CrossEntropy;

/// <summary>The rows whose forecast probability fell into one interval.</summary>
/// <param name="Lower">The lower edge, excluded except in the first bin.</param>
/// <param name="Upper">The upper edge, included.</param>
/// <param name="Weight">The weight of its rows; 0 for an empty bin.</param>
/// <param name="Confidence">Their mean forecast probability; NaN for an empty bin.</param>
/// <param name="Frequency">The share of them for which the forecast event came true; NaN for an empty bin.</param>
public readonly record struct ReliabilityBin(double Lower, double Upper, double Weight, double Confidence, double Frequency)
{
    /// <summary><c>|Frequency - Confidence|</c>.</summary>
    public double Gap => Math.Abs(Frequency - Confidence);

    /// <summary>
    /// The standard deviation that <see cref="Frequency"/> would have about <see cref="Confidence"/> by chance alone, were the
    /// forecasts perfectly calibrated: <c>sqrt(sum_i w_i^2 q_i (1 - q_i)) / sum_i w_i</c>. NaN for an empty bin.
    /// </summary>
    public double ChanceDeviation { get; init; } = double.NaN;
}

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
}

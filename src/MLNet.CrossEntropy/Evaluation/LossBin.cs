namespace MLNet.CrossEntropy;

/// <summary>The rows whose loss, or whose probability of the true class, fell into one interval.</summary>
/// <param name="Lower">The lower edge, included.</param>
/// <param name="Upper">The upper edge, excluded but for the last interval; of losses the last one ends at infinity.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="Loss">The weighted sum of their clipped losses, in nats.</param>
public readonly record struct LossBin(double Lower, double Upper, long Rows, double Weight, double Loss);

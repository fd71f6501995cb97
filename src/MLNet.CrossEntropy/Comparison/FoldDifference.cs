namespace MLNet.CrossEntropy;

/// <summary>Two models' log-loss on one fold, in nats.</summary>
/// <param name="FirstLogLoss">That of the first.</param>
/// <param name="SecondLogLoss">That of the second.</param>
public readonly record struct FoldDifference(double FirstLogLoss, double SecondLogLoss)
{
    /// <summary><see cref="FirstLogLoss"/> less <see cref="SecondLogLoss"/>: negative where the first is better.</summary>
    public double Difference => FirstLogLoss - SecondLogLoss;
}

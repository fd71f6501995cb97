namespace MLNet.CrossEntropy.Linear;

/// <summary>Penalties, and the loss of each held-out row and its weight.</summary>
internal sealed class TriedPenalty
{
    public TriedPenalty(double l1, double l2, float[]? shares, (double Loss, double Weight)[] losses)
    {
        (L1, L2, Shares, Losses) = (l1, l2, shares, losses);
        (Mean, Error) = LinearObjective.MeanLoss(losses);
        Mean = double.IsFinite(Mean) ? Mean : double.PositiveInfinity;
    }

    /// <summary>Where the fits have ended, in the mean.</summary>
    public (float[] Weights, float[] Biases)? Near { get; set; }

    /// <summary>The share of rows whose loss is a guess.</summary>
    public double Guessed { get; init; }

    public double L1 { get; }

    public double L2 { get; }

    public float[]? Shares { get; }

    public (double Loss, double Weight)[] Losses { get; }

    public double Mean { get; }

    public double Error { get; }

    /// <summary>By how much its loss is lower than another's, and the standard error of that.</summary>
    public (double Gain, double Error) GainOver(TriedPenalty other) => LinearObjective.MeanLoss(
        [.. other.Losses.Zip(Losses, (its, mine) => (its.Loss - mine.Loss, mine.Weight))]);
}

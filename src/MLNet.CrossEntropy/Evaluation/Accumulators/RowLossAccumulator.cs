namespace MLNet.CrossEntropy;

/// <summary>How the loss is spread over the rows; see <see cref="RowLosses"/>.</summary>
internal sealed class RowLossAccumulator(int worstRows)
{
    private const int LossBinsPerNat = 16;
    private const int LargestLoss = 40;
    private const int ProbabilityBins = 100;

    public LossHistogram ByLoss { get; } = new(LargestLoss * LossBinsPerNat + 1, LossBinsPerNat, double.PositiveInfinity);

    public LossHistogram ByProbability { get; } = new(ProbabilityBins, ProbabilityBins, 1);

    public WorstRowsAccumulator Worst { get; } = new(worstRows);

    public void Add(in EvaluatedRow row)
    {
        ByLoss.Add(row.Loss, row.ClippedLoss, row.Weight);
        ByProbability.Add(row.IsSoft ? Math.Exp(-row.Loss) : row.Probabilities[row.Label], row.ClippedLoss, row.Weight);
        Worst.Add(row);
    }

    /// <summary>Adds a row that counts as given probability 0.</summary>
    public void AddMistake(double clippedLoss, double weight)
    {
        ByLoss.Add(double.PositiveInfinity, clippedLoss, weight);
        ByProbability.Add(0, clippedLoss, weight);
    }

    public void Merge(RowLossAccumulator other)
    {
        ByLoss.Merge(other.ByLoss);
        ByProbability.Merge(other.ByProbability);
        Worst.Merge(other.Worst);
    }
}

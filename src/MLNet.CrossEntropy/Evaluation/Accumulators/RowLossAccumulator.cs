namespace MLNet.CrossEntropy.Evaluation;

/// <summary>How the loss is spread over the rows; see <see cref="RowLosses"/>.</summary>
internal sealed class RowLossAccumulator(int worstRows, LossFloor floor) : IAccumulator<RowLossAccumulator>
{
    private const int LossBinsPerNat = 16;
    private const int LargestLoss = 40;
    private const int ProbabilityBins = 100;

    public LossHistogram ByLoss { get; } = new(LargestLoss * LossBinsPerNat + 1, LossBinsPerNat, double.PositiveInfinity);

    public LossHistogram ByProbability { get; } = new(ProbabilityBins, ProbabilityBins, 1);

    public WorstRowsAccumulator Worst { get; } = new(worstRows);

    public void Add(EvaluatedBlock block)
    {
        ReadOnlySpan<double> clippedLosses = block.ClippedLosses.AsSpan(0, block.Count), weights = block.Weights.AsSpan(0, block.Count);
        ByLoss.Add(block.Losses.AsSpan(0, block.Count), clippedLosses, weights);
        ByProbability.Add(block.Probabilities.AsSpan(0, block.Count), clippedLosses, weights);
        // A mistake counts as given probability 0.
        foreach ((_, _, var weight) in block.Mistakes)
        {
            ByLoss.Add(double.PositiveInfinity, floor.Largest, weight);
            ByProbability.Add(0, floor.Largest, weight);
        }
        Worst.Add(block);
    }

    public void Merge(RowLossAccumulator other)
    {
        ByLoss.Merge(other.ByLoss);
        ByProbability.Merge(other.ByProbability);
        Worst.Merge(other.Worst);
    }
}

using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy;

/// <summary>How the loss is spread over the rows: two histograms and the worst rows, in memory that does not grow with the rows.</summary>
public sealed class RowLosses
{
    internal RowLosses(RowLossAccumulator sums, IReadOnlyList<string> names)
    {
        ByLoss = sums.ByLoss.ToBins();
        ByProbability = sums.ByProbability.ToBins();
        Worst = [.. sums.Worst.Rows.Select(r => new WorstRow(r.Row, NameOf(r.Label), NameOf(r.Predicted), r.PredictedProbability, r.Loss, r.Weight) { Id = r.Id })];

        string NameOf(int k) => k >= 0 ? names[k] : WorstRow.NoClass;
    }

    /// <summary>
    /// Rows by their unclipped loss, in intervals of 1/16 nat up to 40 nats and one beyond. Empty intervals are left out. Rows that
    /// count as mistakes on request have an infinite loss.
    /// </summary>
    public IReadOnlyList<LossBin> ByLoss { get; }

    /// <summary>
    /// Rows by the probability given to their true class (for soft labels <c>exp(-loss)</c>), in intervals of 1/100. Empty
    /// intervals are left out.
    /// </summary>
    public IReadOnlyList<LossBin> ByProbability { get; }

    /// <summary>The rows of the largest losses, largest first, of equals the earlier row first, those among them that count as mistakes on request.</summary>
    public IReadOnlyList<WorstRow> Worst { get; }
}

using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>How the loss is spread over the rows: two histograms and the worst rows, in memory that does not grow with the rows.</summary>
public sealed class RowLosses
{
    internal RowLosses(RowLossAccumulator sums, IReadOnlyList<string> names)
    {
        ByLoss = sums.ByLoss.ToBins();
        ByProbability = sums.ByProbability.ToBins();
        Worst =
        [
            .. sums.Worst.Rows.Select(r =>
                new WorstRow(r.Row, r.Id, NameOf(r.Label), NameOf(r.Predicted), r.PredictedProbability, r.Loss, r.Weight)),
        ];

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

    /// <summary>
    /// The rows of the largest losses, largest first, of equals the earlier row first, those among them that count as mistakes on
    /// request.
    /// </summary>
    public IReadOnlyList<WorstRow> Worst { get; }
}

/// <summary>The rows whose loss, or whose probability of the true class, fell into one interval.</summary>
public readonly record struct LossBin
{
    internal LossBin(double lower, double upper, long rows, double weight, double loss) =>
        (Lower, Upper, Rows, Weight, Loss) = (lower, upper, rows, weight, loss);

    /// <summary>The lower edge, included.</summary>
    public double Lower { get; }

    /// <summary>The upper edge, excluded but for the last interval; of losses the last one ends at infinity.</summary>
    public double Upper { get; }

    /// <summary>The number of rows.</summary>
    public long Rows { get; }

    /// <summary>Their weight.</summary>
    public double Weight { get; }

    /// <summary>The weighted sum of their clipped losses, in nats.</summary>
    public double Loss { get; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(LossBin), PrintMembers);
}

/// <summary>One of the rows with the largest losses.</summary>
public readonly record struct WorstRow
{
    /// <summary>Stands for a class that a row does not have.</summary>
    internal const string NoClass = "(none)";

    internal WorstRow(long row, string? id, string label, string predicted, double predictedProbability, double loss, double weight) =>
        (Row, Id, Label, Predicted, PredictedProbability, Loss, Weight) = (row, id, label, predicted, predictedProbability, loss, weight);

    /// <summary>The row's position in the evaluated data, counted from 0.</summary>
    public long Row { get; }

    /// <summary>The row's name in <see cref="EvaluationOptions.IdColumnName"/>; null without such a column, or where it has none.</summary>
    public string? Id { get; }

    /// <summary>The true class; of a soft label the class of the largest share; "(none)" where the model does not know it.</summary>
    public string Label { get; }

    /// <summary>The class predicted; "(none)" where the row is bad and counts as a mistake.</summary>
    public string Predicted { get; }

    /// <summary>The probability given to the predicted class; NaN where there is none.</summary>
    public double PredictedProbability { get; }

    /// <summary>The row's loss in nats, without a floor; it may be infinite.</summary>
    public double Loss { get; }

    /// <summary>The row's weight.</summary>
    public double Weight { get; }

    /// <summary>
    /// The probability given to the true class, <c>exp(-Loss)</c>; for a soft label p the geometric mean <c>prod_k q_k^p_k</c>.
    /// </summary>
    public double Probability => Math.Exp(-Loss);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(WorstRow), PrintMembers);
}

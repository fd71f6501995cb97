using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

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

    internal static WorstRow Of(WorstRowsAccumulator.Entry row, IReadOnlyList<string> names)
    {
        return new(row.Row, row.Id, NameOf(row.Label), NameOf(row.Predicted), row.PredictedProbability, row.Loss, row.Weight);

        string NameOf(int k) => k >= 0 ? names[k] : NoClass;
    }

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

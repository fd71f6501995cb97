namespace MLNet.CrossEntropy;

/// <summary>One of the rows with the largest losses.</summary>
/// <param name="Row">The row's position in the evaluated data, counted from 0.</param>
/// <param name="Label">The true class; of a soft label the class of the largest share; <see cref="NoClass"/> where the model does not know it.</param>
/// <param name="Predicted">The class predicted; <see cref="NoClass"/> where the row is bad and counts as a mistake.</param>
/// <param name="PredictedProbability">The probability given to the predicted class; NaN where there is none.</param>
/// <param name="Loss">The row's loss in nats, without a floor; it may be infinite.</param>
/// <param name="Weight">The row's weight.</param>
public readonly record struct WorstRow(long Row, string Label, string Predicted, double PredictedProbability, double Loss, double Weight)
{
    /// <summary>Stands for a class that a row does not have.</summary>
    internal const string NoClass = "(none)";

    /// <summary>The row's name in <see cref="EvaluationOptions.IdColumnName"/>; null without such a column, or where it has none.</summary>
    public string? Id { get; init; }

    /// <summary>The probability given to the true class, <c>exp(-Loss)</c>; for a soft label p the geometric mean <c>prod_k q_k^p_k</c>.</summary>
    public double Probability => Math.Exp(-Loss);
}

namespace MLNet.CrossEntropy;

/// <summary>One of the rows with the largest losses.</summary>
/// <param name="Row">The row's position in the evaluated data, counted from 0.</param>
/// <param name="Label">The true class; of a soft label the class of the largest share.</param>
/// <param name="Predicted">The class predicted.</param>
/// <param name="PredictedProbability">The probability given to the predicted class.</param>
/// <param name="Loss">The row's loss in nats, without a floor; it may be infinite.</param>
/// <param name="Weight">The row's weight.</param>
public readonly record struct WorstRow(long Row, string Label, string Predicted, double PredictedProbability, double Loss, double Weight)
{
    /// <summary>The probability given to the true class, <c>exp(-Loss)</c>; for a soft label p the geometric mean <c>prod_k q_k^p_k</c>.</summary>
    public double Probability => Math.Exp(-Loss);
}

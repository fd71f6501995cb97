using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy;

/// <summary>The loss that a trainer minimises; q are the model's probabilities, p the label's.</summary>
public enum TrainingLoss
{
    /// <summary><c>-sum_k p_k log q_k</c>: maximum likelihood, convex.</summary>
    CrossEntropy,

    /// <summary>
    /// <c>sum_k (q_k - p_k)^2</c> (binary: half of that), the mean squared error of probabilities. Its gradient vanishes where a row
    /// is confidently wrong, and it is not convex. (Brier 1950, "Verification of forecasts expressed in terms of probability".)
    /// </summary>
    Brier,
}

/// <summary>The losses by which trainers are asked for them.</summary>
internal static class TrainingLosses
{
    /// <summary>That of one class of several.</summary>
    public static LogitLoss OfClasses(this TrainingLoss loss, double labelSmoothing) =>
        loss == TrainingLoss.Brier ? new SoftmaxBrierLoss() : new SoftmaxCrossEntropyLoss(labelSmoothing);

    /// <summary>That of one yes or no, or of several.</summary>
    public static LogitLoss OfAnswers(this TrainingLoss loss, double labelSmoothing, IReadOnlyList<double>? positiveWeights = null) =>
        loss == TrainingLoss.Brier ? new SigmoidBrierLoss() : new SigmoidCrossEntropyLoss(labelSmoothing, positiveWeights);
}

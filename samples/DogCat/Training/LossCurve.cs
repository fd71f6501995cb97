using MLNet.CrossEntropy;


namespace DogCat.Training;

/// <summary>A fit that minimises one loss at one learning rate, judged after each epoch.</summary>
/// <param name="Loss">The loss that is minimised.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="Epochs">The judgements: that of the beginning, then one an epoch.</param>
public sealed record LossCurve(TrainingLoss Loss, double Rate, IReadOnlyList<Judgement> Epochs)
{
    /// <summary>The loss in words.</summary>
    public string Name => Loss == TrainingLoss.Brier ? "squared error" : "cross-entropy";
}

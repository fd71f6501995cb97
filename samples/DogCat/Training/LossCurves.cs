using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>
/// Why cross-entropy learns faster than squared error (Brier's score) where a model is confidently wrong: with probability q for the true class, the
/// slope of the loss by the difference of the logits is <c>-(1 - q)</c> for cross-entropy, and <c>-4 q (1 - q)^2</c> for squared error,
/// which vanishes as q nears 0.
/// </summary>
/// <param name="FromWrong">The race from a model that has learned the opposite, by heart.</param>
/// <param name="FromZero">The race from weights of 0, where q = 1/2 and both slopes are the same.</param>
/// <param name="Trained">How many pictures were trained on.</param>
/// <param name="Judged">How many others judged.</param>
/// <param name="TrueClass">What the wrong model gives the true class of each picture trained on, in ascending order.</param>
public sealed record LossCurves(LossRace FromWrong, LossRace FromZero, int Trained, int Judged, IReadOnlyList<double> TrueClass)
{
    /// <summary>The learning rates that each loss is tried with, in half-decades.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

    /// <summary>Passes over the pictures.</summary>
    public const int Epochs = 10;

    /// <summary>How many epochs are run in all.</summary>
    public static int TotalEpochs => 2 * 2 * Rates.Count * Epochs;

    private const int MostPictures = 2000;
    private const int OneInHeldOut = 5;

    /// <summary>The mean size of cross-entropy's slope at the wrong model, and of squared error's.</summary>
    public (double CrossEntropy, double SquaredError) Slopes => (TrueClass.Average(q => 1 - q), TrueClass.Average(q => 4 * q * (1 - q) * (1 - q)));

    /// <summary>Runs both races on a sample of the training pictures, calling <paramref name="done"/> after each epoch.</summary>
    public static LossCurves Run(MLContext ml, PictureData data, FeatureStore store, Action done, CancellationToken cancellation = default)
    {
        var rows = new TrialRows(ml, store, data.Train);
        var count = Math.Min(data.Train.Count, MostPictures);
        LabelledPicture[] sample = [.. Enumerable.Range(0, count).Select(i => data.Train.Items[(int)((long)i * data.Train.Count / count)])];
        LabelledPicture[] held = [.. sample.Where((_, i) => i % OneInHeldOut == 0)];
        LabelledPicture[] train = [.. sample.Where((_, i) => i % OneInHeldOut != 0)];
        var course = new LossCourse(ml, rows.Of(train, p => p.IsDog ? 1 : 0), rows.Of(held, p => p.IsDog ? 1 : 0), [.. held.Select(p => p.Label)], cancellation);

        var wrong = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = nameof(TrialRow.Target),
            Solver = Solver.Newton,
            // Hardly any penalty: it learns every picture by heart, and is sure of itself.
            L2Regularization = 1e-4f,
            Standardization = Standardization.None,
            CancellationToken = cancellation,
        }).Fit(rows.Of(train, p => p.IsDog ? 0 : 1));
        double[] trueClass = [.. Logits.Of(wrong, course.Train).Zip(train, (z, p) => 1 / (1 + Math.Exp(p.IsDog ? z[0] - z[1] : z[1] - z[0]))).Order()];
        return new LossCurves(
            course.Run("a model that has learned the opposite", wrong, done),
            course.Run("weights of 0", null, done),
            train.Length, held.Length, trueClass);
    }
}

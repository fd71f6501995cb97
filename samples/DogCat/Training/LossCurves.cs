using Microsoft.ML;
using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Optimization;

namespace DogCat.Training;

/// <summary>Cross-entropy against squared error (Brier's score) as the loss to minimise, both judged by the log-loss of held-out rows after each epoch.</summary>
public static class LossCurves
{
    /// <summary>The two fits; their training reports hold the curves. None where a fit was cancelled before its first epoch ended.</summary>
    public static IReadOnlyList<Result> Run(MLContext ml, IDataView train, IDataView test, int rows, CancellationToken cancellation = default)
    {
        var setup = new TrainerSetup(ml, rows, new Progress<EpochReport>(), cancellation);
        Result[] fits = [Fit("softmax by cross-entropy", TrainingLoss.CrossEntropy), Fit("softmax by squared error", TrainingLoss.Brier)];
        return fits.All(f => f.Training is { History.Count: > 0 }) ? fits : [];

        Result Fit(string name, TrainingLoss loss) => new MulticlassContender(name, given =>
        {
            SoftmaxCrossEntropyTrainer.Options options = Contenders.SoftmaxOptions(given);
            (options.Loss, options.ValidationFraction, options.Patience, options.Seed) = (loss, 0.2, null, 1);
            return given.Ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options);
        }).Run(setup, train, test);
    }
}

using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Optimization;

namespace DogCat.Training;

/// <summary>The trainers to compare. A further one is a further line.</summary>
public static class Contenders
{
    /// <summary>
    /// The L2 penalty on the weights, relative to the mean log-loss, the same for all. Two classes with weights +w/2 and -w/2
    /// have half the penalty of a single w, so that trainers of classes need twice the number to solve the same problem.
    /// </summary>
    private const float L2 = 0.08f;

    /// <summary>Passes over the pictures: twice as many change the test log-loss by far less than its standard error.</summary>
    private const int Epochs = 20;

    /// <summary>In the order of the report; the first one is saved.</summary>
    public static IReadOnlyList<Contender> All { get; } =
    [
        new MulticlassContender("SoftmaxCrossEntropy", setup => setup.Ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            SoftmaxOptions(setup))),
        new BinaryContender("SigmoidCrossEntropy", setup => setup.Ml.BinaryClassification.Trainers.SigmoidCrossEntropy(
            new SigmoidCrossEntropyTrainer.Options { LabelColumnName = nameof(PictureRow.IsDog), L2Regularization = L2, NumberOfEpochs = Epochs, Progress = setup.Progress, CancellationToken = setup.Cancellation, OnCancellation = CancellationAnswer.ReturnBest })),

        // ML.NET's own; its penalties count for the sum of all rows' losses, not for the mean.
        new MulticlassContender("LbfgsMaximumEntropy", setup => setup.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            l1Regularization: 0, l2Regularization: 2 * L2 * setup.Rows)),
        new BinaryContender("LbfgsLogisticRegression", setup => setup.Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(
            nameof(PictureRow.IsDog), l1Regularization: 0, l2Regularization: L2 * setup.Rows)),
    ];

    /// <summary>Those of the given names, in their order; capitals do not matter.</summary>
    /// <exception cref="UserException">There is none of such a name, or no name.</exception>
    public static IReadOnlyList<Contender> Named(IEnumerable<string> names)
    {
        Contender[] chosen = [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(name =>
            All.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UserException($"--contenders: there is no '{name}' here; there are {string.Join(", ", All.Select(c => c.Name))}"))];
        return chosen.Length > 0 ? chosen : throw new UserException("--contenders names none");
    }

    /// <summary>The options of the first contender.</summary>
    public static SoftmaxCrossEntropyTrainer.Options SoftmaxOptions(TrainerSetup setup) => new()
    {
        L2Regularization = 2 * L2,
        NumberOfEpochs = Epochs,
        Progress = setup.Progress,
        CancellationToken = setup.Cancellation,
        OnCancellation = CancellationAnswer.ReturnBest,
    };
}

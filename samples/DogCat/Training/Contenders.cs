using DogCat.Data;
using Microsoft.ML;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>The trainers to compare, on every host the same names. A further one is a further line.</summary>
public static class Contenders
{
    /// <summary>
    /// The L2 penalty on the weights, relative to the mean log-loss, the same for all. Two classes with weights +w/2 and -w/2
    /// have half the penalty of a single w, so that trainers of classes need twice the number to solve the same problem.
    /// </summary>
    private const float L2 = 0.08f;

    /// <summary>Passes over the pictures: twice as many change the test log-loss by far less than its standard error.</summary>
    private const int Epochs = 20;

    /// <summary>The name of the one that looks at pictures, not at features.</summary>
    public const string ImageClassification = "ImageClassification";

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
        // Left to itself, it takes an L1 penalty from the number of features alone: here one that leaves a few dozen of 3,864 weights above zero, and none
        // where pictures are few, so that the answer to all is 1/2. Its usual tolerance stops far from the optimum, and on several threads it answers
        // differently each time. With two classes the loss it minimises is softmax cross-entropy, so that with 2 L2 it solves the others' problem.
        new MulticlassContender("SdcaMaximumEntropy", setup => setup.Ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            new SdcaMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 2 * L2, ConvergenceTolerance = 0.01f, NumberOfThreads = 1 })),
#if NATIVE_BASELINES
        // Its steps go along twice the gradient of the loss, and once that of the penalty. The rate that it finds by itself is too large for good
        // probabilities, and on several threads it answers differently each time.
        new BinaryContender("SymbolicSgdLogisticRegression", setup => setup.Ml.BinaryClassification.Trainers.SymbolicSgdLogisticRegression(
            new SymbolicSgdLogisticRegressionBinaryTrainer.Options { LabelColumnName = nameof(PictureRow.IsDog), L2Regularization = 2 * L2, LearningRate = 1e-3f, NumberOfThreads = 1 })),
#else
        new MissingContender("SymbolicSgdLogisticRegression", Missing("Microsoft.ML.Mkl.Components")),
#endif
#if NATIVE_BASELINES
        new ImageClassificationContender(),
#else
        new MissingContender(ImageClassification, Missing("Microsoft.ML.Vision")),
#endif
    ];

    /// <summary>All, but for the one that takes not seconds but many minutes, and fetches a network of 100 megabytes: that one only where it is named.</summary>
    public static IReadOnlyList<Contender> Usual { get; } =
        [.. All.Select(c => c.TakesFeatures ? c : new MissingContender(c.Name, "it takes many minutes and fetches a pretrained network; name it in --contenders to have it"))];

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

#if !NATIVE_BASELINES
    private static string Missing(string package) => $"the package {package} did not restore when this was built";
#endif
}

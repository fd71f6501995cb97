using DogCat.Data;
using Microsoft.ML;

namespace DogCat.Training;

/// <summary>The trainers to compare. A further one is a further line.</summary>
public static class Contenders
{
    /// <summary>
    /// The L2 penalty on the weights, relative to the mean log-loss, the same for all. Two classes with weights +w/2 and -w/2
    /// have half the penalty of a single w, so that trainers of classes need twice the number to solve the same problem.
    /// </summary>
    private const float L2 = 0.06f;

    /// <summary>In the order of the report; the first one is saved.</summary>
    public static IReadOnlyList<Contender> All { get; } =
    [
        // ML.NET's penalties count for the sum of all rows' losses, not for the mean.
        new MulticlassContender("LbfgsMaximumEntropy", (ml, rows) =>
            ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 2 * L2 * rows)),
        new BinaryContender("LbfgsLogisticRegression", (ml, rows) =>
            ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Example.IsDog), l1Regularization: 0, l2Regularization: L2 * rows)),
    ];
}

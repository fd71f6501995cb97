using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Out of the box the trainers are at least as good on unseen rows as ML.NET's own LBFGS out of the box.</summary>
public class AgainstLbfgsTests
{
    [Theory]
    [InlineData("iris", false)]
    [InlineData("iris", true)]
    [InlineData("breast_cancer", false)]
    [InlineData("breast_cancer", true)]
    public void Softmax_loses_no_more_than_one_percent_to_maximum_entropy(string name, bool normalized)
    {
        var ml = new MLContext(seed: 1);
        (var train, var test) = Split(ml, name, normalized);
        var theirs = AllTrainers.LogLoss(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex").Fit(train), test);
        var ours = AllTrainers.LogLoss(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train), test);
        Assert.InRange(ours, 0, 1.01 * theirs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sigmoid_loses_no_more_than_one_percent_to_logistic_regression(bool normalized)
    {
        var ml = new MLContext(seed: 1);
        (var train, var test) = Split(ml, "breast_cancer", normalized);
        var theirs = AllTrainers.LogLoss(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond").Fit(train), test);
        var ours = AllTrainers.LogLoss(ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(train), test);
        Assert.InRange(ours, 0, 1.01 * theirs);
    }

    private static (IDataView Train, IDataView Test) Split(MLContext ml, string name, bool normalized)
    {
        (var trainSet, var testSet) = Dataset.Load(name).Split();
        (var train, var test) = (trainSet.View(ml), testSet.View(ml));
        if (!normalized)
            return (train, test);
        var normalizer = ml.Transforms.NormalizeMeanVariance("Features").Fit(train);
        return (normalizer.Transform(train), normalizer.Transform(test));
    }
}

using Microsoft.ML;
using MLNet.CrossEntropy;

// Not below MLNet.CrossEntropy, whose types would then need no using.
namespace SomebodysProgram;

/// <summary>What a user types needs these two usings and no more.</summary>
public class TwoUsingsTests
{
    [Fact]
    public void A_program_needs_two_usings()
    {
        var ml = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, 60)
            .Select(i => new { X = (float)(i % 7), Y = (float)(i % 5), Kind = i % 7 > 3 ? "b" : i % 5 > 2 ? "c" : "a" });
        var data = ml.Data.LoadFromEnumerable(rows.ToArray());
        var pipeline = ml.Transforms.Concatenate("Features", "X", "Y")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Solver = Solver.Sgd,
                LearningRate = Schedule.Cosine(0.1, 100).WithWarmup(10),
                Optimizer = Optimizer.Sgd(momentum: 0.9),
                ClassWeights = ClassWeights.Balanced,
                TargetPrior = TargetPrior.OfRows,
                LabelKind = LabelKind.Auto,
                AddNewClasses = false,
                ValidationFraction = 0.2,
                Patience = 3,
            }));
        var model = pipeline.Fit(data);
        TrainingReport report = TrainingReport.Of(model)!;
        EpochReport last = report.History[^1];
        MulticlassCrossEntropyMetrics metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
            model.Transform(data), new MulticlassEvaluationOptions { MissingLabel = BadRowPolicy.Throw, Prior = ReferencePrior.Uniform });
        LinearCoefficients coefficients = ml.Model.LinearCoefficients(model);
        Assert.True(report.StopReason is StopReason.MaximumEpochs or StopReason.PatienceExhausted && last.Epoch > 0);
        Assert.True(metrics.LogLoss > 0 && coefficients.Classes.Count == 3);
    }
}

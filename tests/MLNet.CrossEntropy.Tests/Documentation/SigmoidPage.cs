using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class SigmoidPage() : DocumentationPage("docs/sigmoid.md")
{
    private void Sigmoid()
    {
        var (ml, _, train, test) = Load();
        // begin
        var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsVirginica").Fit(train);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(test), "IsVirginica");
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} of {metrics.LabelEntropy:0.00} nats, area under the ROC curve {metrics.RocAuc:0.00}");
        // end
    }

    private void Weights()
    {
        MLContext ml = new(seed: 1);
        // begin
        // One row of ten is positive, and the feature says nothing.
        var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(i => new { Age = 1f, IsIll = i % 10 == 0 }));
        var visits = ml.Transforms.Concatenate("Features", "Age").Fit(rows).Transform(rows);
        foreach (var correct in new[] { false, true })
        {
            var weighted = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
            {
                LabelColumnName = "IsIll",
                ClassWeights = ClassWeights.Balanced,
                TargetPrior = correct ? TargetPrior.OfRows : null,
            }).Fit(visits);
            var probability = weighted.Transform(visits).GetColumn<float>("Probability").First();
            Console.WriteLine($"balanced weights, prior correction {correct}: probability {probability:0.00}");
        }
        // end
    }

    private void Newton()
    {
        var (ml, _, train, _) = Load();
        // begin
        foreach (var solver in new[] { Solver.Sgd, Solver.Newton })
        {
            var solved = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
            {
                LabelColumnName = "IsVirginica",
                Solver = solver,
                Seed = 1,
            }).Fit(train);
            var certificate = TrainingReport.Of(solved)!.Certificate;
            Console.WriteLine($"{solver}: within 0.01% of the optimum: {certificate.GapBound < 1e-4 * certificate.Objective}");
        }
        // end
    }
}

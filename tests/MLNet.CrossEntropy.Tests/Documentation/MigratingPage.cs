using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class MigratingPage() : DocumentationPage("docs/migrating.md")
{
    private void FromLbfgs()
    {
        var (ml, _, train, test) = Load();
        // begin
        var before = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            L1Regularization = 0,
            L2Regularization = 1,
        }).Fit(train);
        var after = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);

        double LogLoss(ITransformer model) => ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(test), "ClassIndex").LogLoss;
        Console.WriteLine($"before {LogLoss(before):0.00}, after {LogLoss(after):0.00}; the same type of model: {before.GetType() == after.GetType()}");
        // end
    }

    private void GoOn()
    {
        var (ml, _, train, _) = Load();
        // begin
        var lbfgs = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex").Fit(train);
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            InitialModel = lbfgs,
            AddNewClasses = false,
            Solver = Solver.Newton,
        }).Fit(train);
        Console.WriteLine($"at the optimum: {TrainingReport.Of(model)!.StopReason == StopReason.Converged}");
        // end
    }

    private void Evaluate()
    {
        MLContext ml = new(seed: 1);
        // begin
        // A broken model: every score is NaN.
        var rows = ml.Data.LoadFromEnumerable(((string[])["a", "b", "c"]).Select(name => new { Class = name, a = float.NaN, b = float.NaN, c = float.NaN }));
        var broken = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.Transforms.CopyColumns("PredictedLabel", "Label"))
            .Append(ml.Transforms.Concatenate("Score", "a", "b", "c")).Fit(rows).Transform(rows);
        Console.WriteLine($"ML.NET: log-loss {ml.MulticlassClassification.Evaluate(broken).LogLoss}");
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(broken);
        Console.WriteLine($"here:   log-loss {metrics.LogLoss}, {metrics.Rows.NonFiniteScore} of {metrics.Rows.Total} rows left out for their scores");
        // end
    }
}

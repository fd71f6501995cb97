using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class SoftmaxPage() : DocumentationPage("docs/softmax.md")
{
    private void Softmax()
    {
        var (ml, _, train, test) = Load();
        // begin
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(train);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(test));
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} of {metrics.LabelEntropy:0.00} nats, {metrics.Accuracy:0%} right");
        // end
    }

    private void Votes()
    {
        MLContext ml = new(seed: 1);
        // begin
        // Twenty pictures; of each, six of ten people say cat and four say dog.
        var pictures = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(_ => new { Light = 1f, Cat = 6f, Dog = 4f }));
        var voting = ml.Transforms.Concatenate("Features", "Light")
            .Append(ml.Transforms.Concatenate("Votes", "Cat", "Dog"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                LabelColumnName = "Votes",
                LabelKind = LabelKind.Counts,
            }));
        var byVotes = ml.MulticlassClassification.EvaluateCrossEntropy(voting.Fit(pictures).Transform(pictures), "Votes");
        Console.WriteLine($"log-loss {byVotes.LogLoss:0.000} = H(p) {byVotes.IrreducibleLogLoss:0.000} + KL(p||q) {Math.Abs(byVotes.KullbackLeibler):0.000}");
        // end
    }

    private void Coefficients()
    {
        var (ml, _, train, _) = Load();
        var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()).Fit(train);
        // begin
        var coefficients = ml.Model.LinearCoefficients(model, train);
        foreach (var flower in coefficients.Classes)
            Console.WriteLine($"{flower.Name}: most important feature {flower.Top(1)[0].Feature} with weight {flower.Top(1)[0].Weight:0.0}");
        // end
    }

    private void Calibration()
    {
        MLContext ml = new(seed: 1);
        // begin
        // 3,000 rows of two kinds that overlap a little: 1,000 to train on, 1,000 to calibrate on, 1,000 to judge by.
        var random = new Random(1);
        var points = Enumerable.Range(0, 3000).Select(i => new { X = i % 2 + (float)(random.NextDouble() + random.NextDouble() - 1), Kind = i % 2 == 0 ? "a" : "b" }).ToArray();
        IDataView[] parts = [.. points.Chunk(1000).Select(rows => ml.Data.LoadFromEnumerable(rows))];
        // A penalty of 1 is far too strong: the model is not sure enough.
        var unsure = ml.Transforms.Concatenate("Features", "X")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", "Kind"))
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 1))
            .Fit(parts[0]);
        var calibrated = ml.MulticlassClassification.CalibrateTemperature(unsure, parts[1]);
        double Loss(ITransformer of) => ml.MulticlassClassification.EvaluateCrossEntropy(of.Transform(parts[2])).LogLoss;
        Console.WriteLine($"temperature {calibrated.Temperature:0.00}: log-loss {Loss(unsure):0.00} -> {Loss(calibrated.Transformer):0.00}");
        // end
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;

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
        var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(_ => new Picture { Features = [1], Votes = [6, 4] }));
        // begin
        // Of ten people, six say cat and four say dog, of each picture.
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "Votes",
            LabelKind = LabelKind.Counts,
        }).Fit(data);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(data), "Votes");
        Console.WriteLine($"log-loss {metrics.LogLoss:0.000} = H(p) {metrics.IrreducibleLogLoss:0.000} + KL(p||q) {Math.Abs(metrics.KullbackLeibler):0.000}");
        // end
    }

    private void Coefficients()
    {
        var (ml, _, train, _) = Load();
        var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Solver = Solver.Newton }))
            .Fit(train);
        // begin
        var coefficients = ml.Model.LinearCoefficients(model, train);
        foreach (var flower in coefficients.Classes)
            Console.WriteLine($"{flower.Name}: most important feature {flower.Top(1)[0].Feature} with weight {flower.Top(1)[0].Weight:0.0}");
        // end
    }

    private void Calibration()
    {
        MLContext ml = new(seed: 1);
        Random random = new(1);
        var (train, calibration, fresh) = (Rows(), Rows(), Rows());
        var model = ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", L2Regularization = 1, Solver = Solver.Newton })
            .Fit(train);
        // begin
        var calibrated = ml.MulticlassClassification.CalibrateTemperature(model, calibration, "ClassIndex");
        double LogLoss(ITransformer of) => ml.MulticlassClassification.EvaluateCrossEntropy(of.Transform(fresh), "ClassIndex").LogLoss;
        Console.WriteLine($"temperature {calibrated.Temperature:0.00}: log-loss {LogLoss(model):0.00} -> {LogLoss(calibrated.Transformer):0.00}");
        // end

        // Three classes that overlap a little.
        IDataView Rows() => ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(i => new Point
        {
            ClassIndex = (uint)(i % 3) + 1,
            Features = [.. Enumerable.Range(0, 3).Select(k => (k == i % 3 ? 1 : 0) + (float)(random.NextDouble() + random.NextDouble() - 1))],
        }).ToArray());
    }

    private sealed class Point
    {
        [KeyType(3)]
        public uint ClassIndex { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Picture
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public float[] Votes { get; set; } = [];
    }
}

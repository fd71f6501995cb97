using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Optimization;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class TrainersPage() : DocumentationPage("docs/trainers.md")
{
    private void Softmax()
    {
        var (ml, train, test) = Load(Dataset.Iris);
        // begin
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(train);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(test));
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} of {metrics.LabelEntropy:0.00} nats, {metrics.Accuracy:0%} right");
        // end
    }

    private void Sigmoid()
    {
        var (ml, train, test) = Load(Dataset.BreastCancer);
        // begin
        var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(train);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(test), "IsSecond");
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} of {metrics.LabelEntropy:0.00} nats, area under the ROC curve {metrics.RocAuc:0.00}");
        // end
    }

    private void MultiLabel()
    {
        MLContext ml = new(seed: 1);
        Photo[] photos = [.. Enumerable.Range(0, 90).Select(i => new Photo { Features = [i % 3, i % 2], Tags = [i % 3 == 0 ? 1 : 0, i % 5 == 0 ? float.NaN : i % 2] })];
        IDataView data = ml.Data.LoadFromEnumerable(photos);
        // begin
        // Tags is a vector of 0, 1 and, where nobody has looked, NaN: an answer that costs nothing and teaches nothing.
        var model = ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy("Tags").Fit(data);
        var metrics = ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(model.Transform(data), "Tags");
        Console.WriteLine($"missing answers: {metrics.Labels.Sum(label => label.Rows.MissingLabel)}, wrong answers: {metrics.HammingLoss:0%}");
        // end
    }

    private void Votes()
    {
        MLContext ml = new(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(_ => new Picture { Features = [1], Votes = [6, 4] }));
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

    private void Weights()
    {
        MLContext ml = new(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(i => new Visit { Features = [1], IsIll = i % 10 == 0 }));
        // begin
        // One row of ten is positive, and the features say nothing.
        foreach (bool correct in new[] { false, true })
        {
            var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
            {
                LabelColumnName = "IsIll",
                ClassWeights = ClassWeights.Balanced,
                PriorCorrection = correct,
                Method = SgdMethod.Newton,
            }).Fit(data);
            float probability = model.Transform(data).GetColumn<float>("Probability").First();
            Console.WriteLine($"balanced weights, prior correction {correct}: probability {probability:0.00}");
        }
        // end
    }

    private void Validation()
    {
        var (ml, train, _) = Load(Dataset.BreastCancer);
        // begin
        var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = "IsSecond",
            ValidationFraction = 0.2,
            Patience = 5,
            NumberOfEpochs = 500,
            L2Regularization = 0,
            Seed = 1,
        }).Fit(train);
        var report = TrainingReport.Of(model)!;
        Console.WriteLine($"{report.StopReason}; the model is that of the best epoch: {report.BestEpoch < report.History.Count}");
        report.Save(InFolder("fit.json"));
        // end
        Assert.Equal(report.History.Count, TrainingReport.Load(InFolder("fit.json")).History.Count);
    }

    private void Resume()
    {
        var (ml, train, _) = Load(Dataset.Iris);
        // begin
        using var source = new CancellationTokenSource();
        var options = new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            Seed = 1,
            NumberOfEpochs = 20,
            Method = SgdMethod.Sgd,
            CheckpointPath = InFolder("fit.checkpoint"),
            CancellationToken = source.Token,
            OnCancellation = CancellationAnswer.ReturnLast,
            Progress = new Watcher(epoch =>
            {
                if (epoch.Epoch == 5)
                    source.Cancel();
            }),
        };
        var half = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        options.CancellationToken = default;
        var whole = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        Console.WriteLine($"first: {TrainingReport.Of(half)!.StopReason} after {TrainingReport.Of(half)!.History.Count} epochs");
        Console.WriteLine($"then: {TrainingReport.Of(whole)!.StopReason} after {TrainingReport.Of(whole)!.History.Count}");
        // end
    }

    private void WarmStart()
    {
        var (ml, train, test) = Load(Dataset.Iris);
        // begin
        var first = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        var second = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            InitialModel = first,
            NewClasses = NewClassPolicy.Expand,
        }).Fit(test);
        Console.WriteLine($"steps are counted over both fits: {TrainingReport.Of(second)!.TotalSteps > TrainingReport.Of(first)!.TotalSteps}");
        // end
    }

    private void Streaming()
    {
        var (ml, train, _) = Load(Dataset.Iris);
        // begin
        var options = new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", Seed = 1, Method = SgdMethod.Sgd };
        var cached = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        options.Cache = false;
        var streamed = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        Console.WriteLine($"the same bits: {cached.Model.GetBiases().SequenceEqual(streamed.Model.GetBiases())}");
        // end
    }

    private void Newton()
    {
        var (ml, train, _) = Load(Dataset.BreastCancer);
        // begin
        foreach (SgdMethod method in new[] { SgdMethod.Sgd, SgdMethod.Newton })
        {
            var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
            {
                LabelColumnName = "IsSecond",
                Method = method,
                Seed = 1,
            }).Fit(train);
            var certificate = TrainingReport.Of(model)!.Certificate;
            Console.WriteLine($"{method}: within 0.01% of the optimum: {certificate.GapBound < 1e-4 * certificate.Objective}");
        }
        // end
    }

    private void Coefficients()
    {
        var (ml, train, _) = Load(Dataset.Iris);
        var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Method = SgdMethod.Newton }))
            .Fit(train);
        // begin
        var coefficients = ml.Model.LinearCoefficients(model, train);
        foreach (var flower in coefficients.Classes)
            Console.WriteLine($"{flower.Name}: most important feature {flower.Top(1)[0].Feature} with weight {flower.Top(1)[0].Weight:0.0}");
        // end
    }

    private void Calibration()
    {
        var (ml, train, test) = Load(Dataset.Iris);
        var model = ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", L2Regularization = 0.1f, Method = SgdMethod.Newton })
            .Fit(train);
        // begin
        var calibrated = ml.MulticlassClassification.CalibrateTemperature(model, test, "ClassIndex");
        Console.WriteLine($"temperature {calibrated.Report.Temperature:0.00}: log-loss {calibrated.Report.LogLossBefore:0.00} -> {calibrated.Report.LogLossAfter:0.00}");
        // end
    }

    private sealed class Watcher(Action<EpochReport> watch) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => watch(value);
    }

    private sealed class Photo
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public float[] Tags { get; set; } = [];
    }

    private sealed class Picture
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        [VectorType(2)]
        public float[] Votes { get; set; } = [];
    }

    private sealed class Visit
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        public bool IsIll { get; set; }
    }
}

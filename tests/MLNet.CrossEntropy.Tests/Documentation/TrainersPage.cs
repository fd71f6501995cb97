using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class TrainersPage() : DocumentationPage("docs/trainers.md")
{
    internal static (MLContext ML, IDataView Data, IDataView Train, IDataView Test) Flowers()
    {
        // begin
        var ml = new MLContext(seed: 1);
        var file = ml.Data.LoadFromTextFile(InDocs("iris.csv"),
        [
            new TextLoader.Column("Features", DataKind.Single, 0, 3),
            new TextLoader.Column("Class", DataKind.String, 4),
            new TextLoader.Column("IsVirginica", DataKind.Boolean, 5),
        ], separatorChar: ',', hasHeader: true);
        var data = ml.Transforms.Conversion.MapValueToKey("ClassIndex", "Class").Fit(file).Transform(file);
        var split = ml.Data.TrainTestSplit(data, testFraction: 0.33);
        (var train, var test) = (split.TrainSet, split.TestSet);
        // end
        return (ml, data, train, test);
    }

    private void Penalty()
    {
        var (ml, _, train, _) = Load();
        // begin
        var options = new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", Seed = 1 };
        var path = TrainingReport.Of(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train))!.PenaltyPath!;
        var chosen = path.Single(trial => trial.IsChosen);
        Console.WriteLine($"{chosen.L2Regularization:0.0000} leaves {chosen.HeldOutLoss:0.00} nats, {path[0].L2Regularization:0.00} {path[0].HeldOutLoss:0.00}");
        // end
    }

    private void Validation()
    {
        var (ml, _, train, _) = Load();
        // begin
        var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = "IsVirginica",
            ValidationFraction = 0.2,
            Patience = 5,
            NumberOfEpochs = 500,
            Solver = Solver.Sgd,
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
        var (ml, _, train, _) = Load();
        // begin
        using var source = new CancellationTokenSource();
        var options = new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            Seed = 1,
            NumberOfEpochs = 20,
            Solver = Solver.Sgd,
            CheckpointPath = InFolder("fit.checkpoint"),
            CancellationToken = source.Token,
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
        var (ml, _, train, test) = Load();
        // begin
        var first = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        var second = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            LabelColumnName = "ClassIndex",
            InitialModel = first,
            AddNewClasses = true,
        }).Fit(test);
        Console.WriteLine($"steps are counted over both fits: {TrainingReport.Of(second)!.TotalSteps > TrainingReport.Of(first)!.TotalSteps}");
        // end
    }

    private void Streaming()
    {
        var (ml, _, train, _) = Load();
        // begin
        var options = new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", Seed = 1, Solver = Solver.Sgd };
        var cached = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        options.Cache = false;
        var streamed = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(train);
        Console.WriteLine($"the same bits: {cached.Model.GetBiases().SequenceEqual(streamed.Model.GetBiases())}");
        // end
    }

    private sealed class Watcher(Action<EpochReport> watch) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => watch(value);
    }
}

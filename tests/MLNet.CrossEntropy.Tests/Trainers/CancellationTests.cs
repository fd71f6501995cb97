using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class CancellationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_rows_are_read_there_is_no_model_to_return(bool cache)
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        var data = new GeneratedView(rows: 1_000, features: 3, density: 1, isBad: _ =>
        {
            if (++read == 100)
                source.Cancel();
            return false;
        });
        var error = Assert.Throws<OperationCanceledException>(() => _ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { CancellationToken = source.Token, Cache = cache }).Fit(data));
        Assert.Equal("The fit was cancelled while its rows were read: there is no model to return.", error.Message);
        Assert.Equal(100, read);
    }

    /// <summary>As AutoML does with an experiment whose time is over; nobody else can.</summary>
    [Fact]
    public void An_MLContext_that_is_cancelled_ends_its_fits()
    {
        MLContext context = new(seed: 1);
        void Cancel() => Cancelled(context);
        SoftmaxCrossEntropyTrainer Trainer(Solver solver, Action<EpochReport> onEpoch) => context.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Solver = solver,
                L2Regularization = 0.001f,
                NumberOfEpochs = 1_000_000,
                Tolerance = 0,
                Progress = new Listener(onEpoch),
            });
        var view = new GeneratedView(rows: 1_000, features: 3, density: 1);
        var fitted = Trainer(Solver.Sgd, epoch =>
        {
            if (epoch.Epoch == 3)
                Cancel();
        }).Fit(view);
        Assert.Equal(StopReason.Cancelled, TrainingReport.Of(fitted)!.StopReason);
        foreach (var solver in Enum.GetValues<Solver>().Except([Solver.Auto]))
            Assert.Throws<OperationCanceledException>(() => Trainer(solver, _ => { }).Fit(view));
        Assert.Throws<OperationCanceledException>(() => context.MulticlassClassification.Trainers.SoftmaxCrossEntropy().Fit(view));
        Assert.Throws<OperationCanceledException>(() => context.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view));
    }

    [Fact]
    public void A_streamed_fit_stops_reading_and_answers_with_the_model_so_far()
    {
        using var source = new CancellationTokenSource();
        var read = 0;
        var data = new GeneratedView(rows: 1_000, features: 3, density: 1, isBad: _ => ++read < 0);
        MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit() =>
            _ml.MulticlassClassification.Trainers
            .SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Cache = false,
                L2Regularization = 0.001f,
                NumberOfEpochs = 1_000,
                CancellationToken = source.Token,
                Progress = new Listener(epoch =>
                {
                    if (epoch.Epoch == 3)
                        source.Cancel();
                }),
            }).Fit(data);

        var report = TrainingReport.Of(Fit())!;
        Assert.Equal((StopReason.Cancelled, 3), (report.StopReason, report.History.Count));
        Assert.False(report.Certificate.IsMeasured);
        Assert.True(report.History[2].TrainingLoss < report.History[0].TrainingLoss);

        // The summary, the scaling, the learning rate (its whole first chunk) and three epochs; of the fourth not a row.
        Assert.Equal(6_000, read);
    }

    [Fact]
    public void The_answer_is_the_model_so_far()
    {
        using var source = new CancellationTokenSource();
        var trainer = AllTrainers.Create("softmax", _ml, options =>
        {
            options.CancellationToken = source.Token;
            options.Progress = new Listener(_ => source.Cancel());
        });
        var report = TrainingReport.Of(trainer.Fit(Dataset.Iris.View(_ml)))!;
        Assert.Equal((StopReason.Cancelled, 1), (report.StopReason, report.History.Count));
        Assert.True(report.Certificate.IsMeasured);
    }

    /// <summary>Whatever reads rows looks at the context, and so does what a cross-validation fits.</summary>
    [Theory]
    [InlineData("evaluation")]
    [InlineData("of a yes")]
    [InlineData("of answers")]
    [InlineData("comparison")]
    [InlineData("temperature")]
    [InlineData("Platt")]
    [InlineData("folds")]
    [InlineData("a fold's fit")]
    [InlineData("penalty")]
    public void An_MLContext_that_is_cancelled_ends_all_else(string what)
    {
        const int Rows = 6_000;
        MLContext context = new(seed: 1);
        var (binary, multiclass) = (context.BinaryClassification, context.MulticlassClassification);
        float[][] scores = [.. Enumerable.Range(0, Rows).Select(i => new[] { 0.25f + i % 2 * 0.5f, 0.75f - i % 2 * 0.5f })];
        var vector = new VectorDataViewType(NumberDataViewType.Single, 2);
        var view = new InMemoryView.Builder()
            .AddKeys("Label", scores.Select((_, i) => (uint)i % 3 % 2 + 1), 2)
            .Add("Yes", BooleanDataViewType.Instance, scores.Select((_, i) => i % 3 == 0))
            .Add("Score", vector, scores.Select(row => new VBuffer<float>(2, row)))
            .Add("Features", vector, scores.Select(row => new VBuffer<float>(2, row)))
            .AddNumbers("Probability", scores.Select(row => (double)row[0]))
            .Build();
        ITransformer model = what == "Platt" ? binary.Trainers.SigmoidCrossEntropy("Yes").Fit(view) : EveryTrainer.Fit("softmax", view,
            options => options.LabelColumnName = "Label");
        var (read, isInFit) = (0, what == "a fold's fit");
        view.OnRow = _ =>
        {
            // Each row takes so long that all of them would take seconds.
            if (!isInFit && ++read >= 100)
                Thread.Sleep(1);
            if (read == 100)
                Cancelled(context);
        };
        SoftmaxCrossEntropyTrainer Endless(MLContext ml) => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new()
        {
            NumberOfEpochs = int.MaxValue,
            Tolerance = 0,
            L2Regularization = 0.001f,
            Progress = new Listener(epoch =>
            {
                if (epoch.Epoch == 2)
                    Cancelled(context);
            }),
        });
        Assert.ThrowsAny<OperationCanceledException>(() => _ = what switch
        {
            "evaluation" => multiclass.EvaluateCrossEntropy(view),
            "of a yes" => binary.EvaluateCrossEntropy(view, new() { LabelColumnName = "Yes", ScoreColumnName = null }),
            "of answers" => multiclass.EvaluateMultiLabelCrossEntropy(view, "Features"),
            "comparison" => multiclass.CompareCrossEntropy(new Dictionary<string, IDataView> { ["a"] = view, ["b"] = view }),
            "temperature" => multiclass.CalibrateTemperature(model, view),
            "Platt" => binary.CalibratePlatt(model, view, "Yes"),
            "folds" => multiclass.CrossValidateCrossEntropy(view, Endless(context)),
            "a fold's fit" => multiclass.CrossValidateCrossEntropy(
                view, new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>> { ["endless"] = Endless },
                new() { NumberOfThreads = 2 }),
            _ => (object)multiclass.Trainers.SoftmaxCrossEntropy(new() { L2Regularization = null }).Fit(view),
        });
        Assert.InRange(read, isInFit ? 0 : 100, Rows - 1);
    }

    private static void Cancelled(MLContext context) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(context, null);

    private sealed class Listener(Action<EpochReport> tell) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => tell(value);
    }
}

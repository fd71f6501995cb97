using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>The course that losses are raced on: the same rows, steps and judge for all.</summary>
/// <param name="ml">ML.NET's context.</param>
/// <param name="train">The rows to train on.</param>
/// <param name="held">The rows that judge.</param>
/// <param name="labels">Their labels.</param>
/// <param name="cancellation">Ends the race with an exception.</param>
internal sealed class LossCourse(MLContext ml, IDataView train, IDataView held, string[] labels, CancellationToken cancellation)
{
    private const int BatchSize = 32;

    /// <summary>The rows to train on.</summary>
    public IDataView Train => train;

    /// <summary>Every loss at every rate; null begins with weights of 0.</summary>
    public LossRace Run(string beginning, MulticlassPredictionTransformer<MaximumEntropyModelParameters>? start, Action done)
    {
        var first = start is null ? new Judgement(Math.Log(2), 0.5) : Judge(start);
        TrainingLoss[] losses = [TrainingLoss.CrossEntropy, TrainingLoss.Brier];
        return new LossRace(beginning, [.. losses.SelectMany(loss => LossCurves.Rates.Select(rate => new LossCurve(loss, rate, [first, .. Fit(loss, rate, start, done)])))]);
    }

    /// <summary>One epoch after the other, each going on from the last one's model: plain mini-batch SGD without momentum, whose weights are all it remembers.</summary>
    private IEnumerable<Judgement> Fit(TrainingLoss loss, double rate, MulticlassPredictionTransformer<MaximumEntropyModelParameters>? model, Action done)
    {
        for (var epoch = 1; epoch <= LossCurves.Epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                LabelColumnName = nameof(TrialRow.Target),
                Loss = loss,
                InitialModel = model,
                NumberOfEpochs = 1,
                Solver = Solver.Sgd,
                Optimizer = new Sgd(),
                BatchSize = BatchSize,
                Schedule = Schedule.Constant(rate),
                // A penalty would pull wrong weights back to 0 whatever the loss.
                L2Regularization = 0,
                Standardization = Standardization.None,
                // Steps this small are over before a second thread has begun.
                NumberOfThreads = 1,
                Seed = epoch,
            }).Fit(train);
            done();
            yield return Judge(model);
        }
    }

    private Judgement Judge(MulticlassPredictionTransformer<MaximumEntropyModelParameters> model)
    {
        var forecasts = ml.Data.LoadFromEnumerable(Logits.Of(model, held).Zip(labels, (z, label) => new ForecastRow { Label = label, Score = z }).ToArray());
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
            forecasts, new MulticlassEvaluationOptions { ClassNames = ["cat", "dog"], ScoreKind = ScoreKind.Logits });
        return new Judgement(metrics.LogLoss, 1 - metrics.Accuracy);
    }
}

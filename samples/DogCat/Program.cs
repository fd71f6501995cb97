using System.Diagnostics;
using DogCat;
using DogCat.Commands;
using DogCat.Data;
using DogCat.Features;
using DogCat.Reporting;
using DogCat.Training;
using Microsoft.ML;

return CommandLine.Run(args, Train);

// "train" and "compare": from pictures to an honest verdict.
static ExitCode Train(TrainOptions options, Report report, CancellationToken cancellation)
{
    options.Check();
    report.Host();

    // 1. Pictures, drawn or read from a folder, each labelled cat or dog.
    var data = Pictures.Get(options.Data, report, cancellation);

    // 2. Pixels become numbers ("features") that a linear model can use; what to look for in patches is learned from the training pictures.
    var store = Pictures.ComputeFeatures(data, options.Data, report, cancellation);
    var ml = new MLContext(seed: 1);
    var features = ml.Transforms.ComputeFeatures(store).Fit(data.Train.ToDataView(ml));
    var train = features.Transform(data.Train.ToDataView(ml));
    var test = features.Transform(data.Test.ToDataView(ml));

    // 3. Each trainer learns from the same rows, at the end of the same pipeline (see MulticlassContender.cs).
    List<Result> results = [];
    foreach (var contender in options.Contenders.TakeWhile(_ => !cancellation.IsCancellationRequested))
    {
        try
        {
            var start = Stopwatch.GetTimestamp();
            results.Add(report.Fitting(contender, progress => contender.Run(new TrainerSetup(ml, data.Train.Count, progress, cancellation), train, test)));
            report.Finished(results[^1], Stopwatch.GetElapsedTime(start));
        }
        catch (LeftOutException missing)
        {
            report.LeftOut(contender, missing);
        }
    }
    if (results.Count == 0)
        throw cancellation.IsCancellationRequested ? new OperationCanceledException(cancellation) : new UserException("There is nobody to compare: all contenders are left out.");

    // 4. Whose probabilities fit the test pictures best? And what did each family of features bring?
    report.Results(results, data);
    report.Gallery(ml, results[0].Model, data.Test, test);
    var comparison = ModelComparison.Of(ml, results, data.Test);
    report.Comparison(comparison);
    var uncertainty = Uncertainty.Of(results, data.Test);
    report.Uncertainty(uncertainty);
    report.Disagreement(results[0].Name, Disagreement.Of(JudgedPicture.All(data.Test, results[0].ProbabilityOfDog)));
    var trial = options.SoftLabels && !cancellation.IsCancellationRequested ? report.Trial(() => SoftLabelTrial.Run(ml, data, store, cancellation)) : null;
    var losses = options.LossCurves && !cancellation.IsCancellationRequested ? report.LossCurves(done => LossCurves.Run(ml, data, store, done, cancellation)) : null;
    if (options.Ablation)
        report.Ablation(Ablation.Run(ml, data, store, cancellation));

    // 5. The model is ML.NET's own: any ML.NET program can load it. The report is one HTML file with pictures, for people.
    if (options.Save is { } path)
    {
        SavedModel.Save(ml, results[0].Model, train.Schema, store.Features.Filters, path);
        report.Saved(results[0], path);
    }
    if (options.ReportPath is { } page)
    {
        HtmlReport.Of(options, data, results, comparison, uncertainty, trial, losses).Save(page);
        report.Written(page);
    }
    return report.End(options, cancellation);
}

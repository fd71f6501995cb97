using DogCat.Data;
using DogCat.Features;
using DogCat.Reporting;
using DogCat.Training;
using Microsoft.ML;

namespace DogCat.Commands;

/// <summary>Judges a saved model by pictures whose labels are known, and by people's votes on them where there are any.</summary>
internal static class EvaluateCommand
{
    public static ExitCode Run(string modelPath, DataOptions options, string? page, Report report, CancellationToken cancellation)
    {
        options.Check();
        OutputFile.Check("--report", page);
        report.Host();
        var ml = new MLContext(seed: 1);
        (var model, var features) = SavedModel.Load(ml, modelPath);
        List<SkippedFile> skipped = [];
        var test = options.Images is { } folder
            ? report.Working($"Reading the photographs in '{folder}' by {PictureReader.Means}", "pictures", PictureFolder.CountTestFiles(folder), done => PictureFolder.LoadTest(folder, skipped, done, cancellation))
            : Pictures.Draw(options, report, cancellation).Test;
        report.Set("test", test);
        report.Skipped(skipped);
        var store = Pictures.Fill(new FeatureStore(features), test.Pictures, report, cancellation);
        var rows = test.ToDataView(ml);
        var scored = model.Transform(ml.Transforms.ComputeFeatures(store).Fit(rows).Transform(rows));
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored);
        report.Metrics(metrics);

        var name = Path.GetFileName(modelPath);
        var judged = JudgedPicture.All(test, [.. Prediction.OfScored(scored).Select(p => (double)p.ProbabilityOf("dog"))]);
        report.Uncertainty(Uncertainty.Of(name, judged) is { } uncertainty ? [uncertainty] : []);
        report.Disagreement(name, Disagreement.Of(judged));
        if (page is not null)
        {
            HtmlReport.OfEvaluation(name, metrics, options, judged, skipped.Count).Save(page);
            report.Written(page);
        }
        return ExitCode.Done;
    }
}

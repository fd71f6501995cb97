using DogCat.Data;
using DogCat.Features;
using DogCat.Reporting;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Commands;

/// <summary>Judges a saved model by pictures whose labels are known.</summary>
internal static class EvaluateCommand
{
    public static ExitCode Run(string modelPath, DataOptions options, Report report, CancellationToken cancellation)
    {
        options.Check();
        report.Host();
        var ml = new MLContext(seed: 1);
        (ITransformer model, PictureFeatures features) = SavedModel.Load(ml, modelPath);
        PictureSet test = options.Images is { } folder ? Photographs(folder, report, cancellation) : Drawn(options, cancellation);
        FeatureStore store = Pictures.Fill(new FeatureStore(features), test.Pictures, report, cancellation);
        IDataView rows = test.ToDataView(ml);
        MulticlassCrossEntropyMetrics metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
            model.Transform(ml.Transforms.ComputeFeatures(store).Fit(rows).Transform(rows)));
        report.Metrics(metrics);
        return ExitCode.Done;
    }

    private static PictureSet Photographs(string folder, Report report, CancellationToken cancellation)
    {
        List<SkippedFile> skipped = [];
        PictureSet test = report.Working($"Reading the photographs in '{folder}'", "pictures", PictureFolder.CountFiles(folder), done => PictureFolder.LoadTest(folder, skipped, done, cancellation));
        report.Set("test", test);
        report.Skipped(skipped);
        return test;
    }

    private static PictureSet Drawn(DataOptions options, CancellationToken cancellation) =>
        DrawnData.Draw(options.Seed, train: options.Count, test: options.Count / 2, cancellation: cancellation).Test;
}

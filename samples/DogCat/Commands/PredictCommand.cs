using DogCat.Data;
using DogCat.Features;
using DogCat.Reporting;
using Microsoft.ML;
using PictureFiles;

namespace DogCat.Commands;

/// <summary>Asks a saved model about picture files.</summary>
internal static class PredictCommand
{
    public static ExitCode Run(string modelPath, IReadOnlyList<string> files, Report report, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        (var model, var features) = SavedModel.Load(ml, modelPath);
        var store = new FeatureStore(features);
        var refused = 0;
        foreach (var path in files)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                report.Prediction(path, Prediction.Of(ml, model, store, PictureReader.Read(path)));
            }
            catch (PictureException exception)
            {
                report.Refused(path, exception);
                refused++;
            }
        }
        return refused == 0 ? ExitCode.Done : ExitCode.SomeRefused;
    }
}
